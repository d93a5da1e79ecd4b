// as: proxy/relay/lambda_coroutine.cpp
void start(stream& s, int limit) {
    auto run = [&s, limit]() -> awaitable<void> {  // bad
        co_await s.read(limit);
    };
    auto plain = [](stream& t) -> awaitable<void> { co_await t.read(1); };
    auto sum = [limit](int x) { return x + limit; };
}
