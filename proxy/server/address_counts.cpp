#include "server/address_counts.hpp"

#include <boost/asio/ip/address.hpp>

namespace ferry::server {

namespace {

std::string key_of(const std::string& address) {
    boost::system::error_code error;
    const auto v6 = boost::asio::ip::make_address_v6(address, error);
    if (error || v6.is_v4_mapped()) return address;
    const auto bytes = v6.to_bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size() / 2};
}

}  // namespace

address_counts::entry address_counts::enter(const std::string& address) {
    auto key = key_of(address);
    const std::lock_guard lock(mutex_);
    const auto number = ++counts_[key];
    return {*this, std::move(key), number};
}

void address_counts::leave(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(key);
    if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

}  // namespace ferry::server
