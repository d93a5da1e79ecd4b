#include "net/executor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <exception>

namespace ferry::net {

namespace asio = boost::asio;

void post_to(asio::io_context& core, std::function<void()> job) {
    asio::post(core, std::move(job));
}

void spawn(asio::io_context& core, asio::awaitable<void> work, std::function<void(const std::string&)> on_error) {
    auto done = [sink = std::move(on_error)](std::exception_ptr failure) {
        if (!failure) return;
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& e) {
            sink(e.what());
        } catch (...) {
            sink("an unknown exception");
        }
    };
    asio::co_spawn(core, std::move(work), std::move(done));
}

}  // namespace ferry::net
