// as: proxy/net/up.cpp
#include "base/fault.hpp"
#include "net/byte_stream.hpp"
#include "relay/relay.hpp"  // bad
#include <store/rows.hpp>  // bad
