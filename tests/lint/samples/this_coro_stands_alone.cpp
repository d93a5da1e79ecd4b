// as: proxy/server/executor.cpp
awaitable<void> timed() {
    steady_timer timer(co_await asio::this_coro::executor);  // bad
    auto ex = co_await asio::this_coro::executor;
    co_await asio::this_coro::throw_if_cancelled(false);
    steady_timer other(ex);
}
