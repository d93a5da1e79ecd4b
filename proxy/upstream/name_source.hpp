// Where addresses of names come from: the system's name service, or a script of a test.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace ferry::upstream {

struct lookup_answer {
    std::vector<boost::asio::ip::address> addresses;  // in the order in which to try them
    std::chrono::seconds ttl{0};                      // how long the name service vouches for them
    std::string error;                                // "" on success
    bool is_definite = false;                         // the failure is an answer: no such name, or no address
};

// Any thread may ask; `done` runs once, on a thread of the source's own, or never if the source stops before.
class name_source {
public:
    using callback = std::function<void(lookup_answer)>;
    virtual void ask(const std::string& host, callback done) = 0;

protected:
    ~name_source() = default;
};

}  // namespace ferry::upstream
