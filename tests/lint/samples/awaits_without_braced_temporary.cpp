// as: proxy/relay/braces.cpp
awaitable<void> braces(stream& s) {
    co_await s.send(head{"200", "OK"});  // bad
    co_await s.send({1, 2, 3});  // bad
    auto whole = answer{co_await s.read(), 1};  // bad
    head named{"200", "OK"};
    co_await s.send(std::move(named));
    if (auto got = co_await s.read()) {
        s.count();
    }
    co_return;
}
