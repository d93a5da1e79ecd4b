// as: proxy/relay/lambda.cpp
awaitable<void> capturing(stream& s, int limit) {
    co_await s.each([limit](int x) { return x < limit; });  // bad
    co_await s.each([](int x) { return x < 3; });
    auto small = [limit](int x) { return x < limit; };
    co_await s.each(small);
    table[limit] = co_await s.read();
}
