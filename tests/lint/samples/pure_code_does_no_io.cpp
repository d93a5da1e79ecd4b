// as: proxy/openai/late.cpp
#include "base/fault.hpp"
#include "store/conversation_rows.hpp"
#include "store/rows.hpp"
#include "store/model_store.hpp"  // bad
#include <boost/asio/awaitable.hpp>  // bad
#include <chrono>

long now() {
    return std::chrono::steady_clock::now().time_since_epoch().count();  // bad
}
