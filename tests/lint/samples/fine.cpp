// as: proxy/relay/fine.cpp
// Everything here is allowed; no rule may object. A comment may hold {braces}, co_await, "quotes" and don'ts.
#include "base/fault.hpp"
#include "relay/request/plan.hpp"
#include "store/rows.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <vector>

namespace ferry::relay {

struct settings {
    explicit settings(int n) : limit{n}, names{"a", "b"} {}
    int limit = 10'000;
    std::vector<std::string> names{};
};

class pipe : public base_pipe {
public:
    result<int> size() const override { return values_.empty() ? 0 : 1; }
    void each(std::function<void(int)> visit) {
        for (auto value : values_) visit(value);
    }

private:
    std::vector<int> values_{1, 2, 3};
};

asio::awaitable<result<int>> copy(stream& from, stream& to, settings given) {
    std::vector<char> room(16'384);
    auto ex = co_await asio::this_coro::executor;
    head answer{200, "OK ? {yes} : co_await"};
    if (auto sent = co_await to.write(answer); !sent) {
        co_return sent.error();
    }
    while (const auto got = co_await from.read(room)) {
        const bool small = got.size() < 3 ? true : false;
        switch (got.size()) {
            case 1: co_await to.write(got); break;
            default: co_await to.write_all(got, room[0], small);
        }
    }
    const auto count = [&](int x) { return x + given.limit; };
    co_return result<int>(count(1));
}

void start(asio::any_io_executor ex, settings given) {
    asio::co_spawn(ex, serve(std::move(given)), [](std::exception_ptr) {});
}

}  // namespace ferry::relay
