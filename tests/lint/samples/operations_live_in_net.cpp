// as: proxy/relay/direct.cpp
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/write.hpp>  // bad
#include <boost/beast/http.hpp>  // bad

boost::asio::awaitable<void> send(socket& s, buffer b) {
    co_await boost::asio::async_write(s, b, boost::asio::use_awaitable);  // bad
}
