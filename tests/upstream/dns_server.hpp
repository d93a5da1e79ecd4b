// A name server on loopback that knows what a test says, and is silent about everything else.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/tcp_listener.hpp"

namespace ferry::upstream::testing {

// UDP and IPv4 addresses alone; questions of other types about a known name find nothing (RFC 1035 section 4.1).
class dns_server {
public:
    dns_server() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        auto* plain = reinterpret_cast<sockaddr*>(&name);
        if (::bind(fd_.get(), plain, size) != 0 || ::getsockname(fd_.get(), plain, &size) != 0) {
            throw std::runtime_error("no name server for the test");
        }
        port_ = ntohs(name.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~dns_server() {
        // An empty packet ends the thread.
        const test::descriptor ender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons(port_);
        ::sendto(ender.get(), "", 0, 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
        thread_.join();
    }
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    void has(const std::string& name, std::vector<std::string> addresses, std::uint32_t ttl) {
        const std::lock_guard lock(mutex_);
        records_[name] = record{std::move(addresses), ttl};
    }
    void lacks(const std::string& name) { has(name, {}, 0); }
    std::size_t questions() const { return questions_; }

private:
    struct record {
        std::vector<std::string> addresses;  // none: there is no such name
        std::uint32_t ttl;
    };

    void serve() {
        std::string packet(1500, '\0');
        sockaddr_in from{};
        for (;;) {
            socklen_t size = sizeof from;
            auto* plain = reinterpret_cast<sockaddr*>(&from);
            const auto count = ::recvfrom(fd_.get(), packet.data(), packet.size(), 0, plain, &size);
            if (count <= 0) return;
            ++questions_;
            const auto answer = answer_to(packet.substr(0, static_cast<std::size_t>(count)));
            if (answer) ::sendto(fd_.get(), answer->data(), answer->size(), 0, plain, size);
        }
    }

    static void number(std::string& to, std::uint32_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i) to += static_cast<char>(value >> (8 * i));
    }

    std::optional<std::string> answer_to(const std::string& question) {
        constexpr std::size_t head = 12;
        std::string name;
        std::size_t at = head;
        while (at < question.size() && question[at] != 0) {
            const auto length = static_cast<unsigned char>(question[at]);
            name.append(name.empty() ? "" : ".").append(question, at + 1, length);
            at += 1 + length;
        }
        at += 5;  // the last label, type and class
        if (at > question.size()) return std::nullopt;
        const int type = static_cast<unsigned char>(question[at - 3]);
        const std::lock_guard lock(mutex_);
        const auto found = records_.find(name);
        if (found == records_.end()) return std::nullopt;
        const auto& known = found->second;
        const auto count = type == 1 ? known.addresses.size() : 0;
        std::string made = question.substr(0, 2);
        number(made, known.addresses.empty() ? 0x8183 : 0x8180, 2);
        number(made, 1, 2);
        number(made, static_cast<std::uint32_t>(count), 2);
        number(made, 0, 4);
        made += question.substr(head, at - head);
        for (std::size_t i = 0; i < count; ++i) {
            number(made, 0xc00c, 2);
            number(made, 0x00010001, 4);
            number(made, known.ttl, 4);
            number(made, 4, 2);
            number(made, ntohl(::inet_addr(known.addresses[i].c_str())), 4);
        }
        return made;
    }

    test::descriptor fd_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, record> records_;
    std::atomic<std::size_t> questions_{0};
    std::thread thread_;
};

}  // namespace ferry::upstream::testing
