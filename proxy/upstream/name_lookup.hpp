// Asks the system's name service through c-ares, on one thread of its own: all look-ups are under way at once, so names
// that nobody answers for delay no other.
#pragma once

#include <memory>

#include "upstream/name_source.hpp"

namespace ferry::upstream {

// /etc/hosts, /etc/resolv.conf and the line `hosts:` of /etc/nsswitch.conf (files and dns) are honoured as c-ares does;
// a resolv.conf that changes is read again. Nobody is asked about `localhost` (RFC 6761 section 6.3) and names under
// `invalid`, which do not exist (section 6.4). Owned by the application; shared by the cores.
class name_lookup final : public name_source {
public:
    // `servers` ("127.0.0.1:5353,...") stand in for those of resolv.conf unless "". Each has `timeout` for its answer
    // (0: 1.5 s, so that the next one is reached within timeouts.connect) and is asked three times at most.
    // Throws std::runtime_error: c-ares cannot be set up.
    explicit name_lookup(const std::string& servers = {}, std::chrono::milliseconds timeout = {});
    ~name_lookup();
    name_lookup(const name_lookup&) = delete;
    name_lookup& operator=(const name_lookup&) = delete;

    void ask(const std::string& host, callback done) override;
    // Afterwards nobody is called any more. Does not wait for look-ups under way.
    void stop();

private:
    class worker;
    std::unique_ptr<worker> worker_;
};

}  // namespace ferry::upstream
