// A pool on one core, and the endpoints of the tests' own listeners.
#pragma once

#include <string>

#include "support/core_run.hpp"
#include "support/tcp_listener.hpp"
#include "upstream/pool.hpp"
#include "upstream/scripted_names.hpp"

namespace ferry::upstream::testing {

struct pool_fixture : test::test_core {
    pool_fixture() { service.known["localhost"] = has({"127.0.0.1"}); }

    net::timer_wheel wheel{context};
    net::buffer_pool buffers;
    scripted_names service;
    name_cache lookup{service};
    net::interrupt_slot slot;
    test::tcp_listener listener;
    catalog::endpoint here = at("http", "127.0.0.1", listener.port());

    static catalog::endpoint at(const std::string& scheme, const std::string& host, std::uint16_t port) {
        auto parsed = catalog::parse_endpoint(scheme + "://" + host + ":" + std::to_string(port) + "/v1");
        BOOST_REQUIRE(parsed.has_value());
        return std::move(*parsed);
    }
    result<lease> connect(pool& from, const catalog::endpoint& where,
                          std::chrono::milliseconds within = std::chrono::seconds(10)) {
        return run(from.connect(where, steady::now() + within, slot));
    }
    // A connection that served an answer and is idle now; the peer's end of it.
    test::descriptor make_idle(pool& in) {
        auto leased = connect(in, here);
        BOOST_REQUIRE(leased.has_value());
        leased->mark_reusable();
        return listener.accept();
    }
    static std::size_t idle(const pool& in) {
        std::size_t sum = 0;
        for (const auto& one : in.status()) sum += one.idle;
        return sum;
    }
};

}  // namespace ferry::upstream::testing
