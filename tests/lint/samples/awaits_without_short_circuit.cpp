// as: proxy/relay/short_circuit.cpp
awaitable<bool> short_circuit(stream& s, bool wanted) {
    if (wanted && !co_await s.write("a")) co_return false;  // bad
    const bool sent = wanted || co_await s.write("b");  // bad
    if (wanted && sent) co_await s.write("c");
    bool done = wanted;
    if (done) done = co_await s.write("d");
    co_return done;
}
