// as: proxy/server/spawn.cpp
void start(executor ex, session s, session t) {
    co_spawn(ex, [s = std::move(s)]() mutable { return run(std::move(s)); }, detached);  // bad
    co_spawn(ex, run(std::move(t)), detached);
}
