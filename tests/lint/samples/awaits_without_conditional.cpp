// as: proxy/relay/conditional.cpp
awaitable<int> conditional(stream& s, bool big) {
    int a = big ? co_await s.read(8) : 0;  // bad
    co_await s.write(big ? "big" : "small");  // bad
    const int size = big ? 8 : 1;
    co_return a + co_await s.read(size);
}
