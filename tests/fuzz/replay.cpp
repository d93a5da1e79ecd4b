// A plain driver for the fuzz targets. Every file of the given folders as it is, cut at many bytes, and changed, always
// in the same way: that is the test. With FUZZ_SECONDS: random changes of the files, and of what came of changing them,
// for so long (FUZZ_SEED repeats a run). An input that ends the process is kept as crash-<target> in the folder in
// which it ran.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*)(void)) __attribute__((weak));

namespace {

constexpr std::size_t most_bytes = 64 * 1024;
constexpr std::size_t cuts_per_file = 250, changes_per_file = 500;

std::string now_running, target;
std::uint64_t inputs = 0;

void keep_input() {
    const auto file = "crash-" + target;
    std::ofstream(file, std::ios::binary) << now_running;
    std::fprintf(stderr, "the input, %zu bytes, is kept in %s\n", now_running.size(), file.c_str());
}

void on_abort(int signal) {
    keep_input();
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(std::string input) {
    now_running = std::move(input);
    ++inputs;
    // A copy of its own, so that a read past its end is seen.
    const std::vector<std::uint8_t> bytes(now_running.begin(), now_running.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

const std::vector<std::string>& words() {
    static const std::vector<std::string> all{
        "\r\n", "\r\n\r\n", "\n\n", "\n", "0\r\n\r\n", "data: ", "data: [DONE]\n\n", "event: error\n", ": x\n\n",
        "{", "}", "[", "]", "\"", ":", ",", "null", "true", "-1", "1e400", "9223372036854775808", "\xef\xbb\xbf",
        "\xff", "\\u0000", "\\ud800", "\"usage\":", "\"choices\":[]", "\"error\":{", "\"prompt_tokens\":",
        "\"delta\":{", "\"index\":", "\"finish_reason\":\"stop\"", "\"tool_calls\":[", "HTTP/1.1 ",
        "HTTP/1.1 100 Continue\r\n\r\n", "200 OK\r\n", "204 \r\n", "429 \r\n", "Content-Length: ",
        "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "Content-Type: text/event-stream\r\n",
        "Connection: close\r\n", "Host: a\r\n", "Retry-After: ", "ffffffffffffffff", "1\r\n", ";", "=", "/", "::1",
        "10.0.0.1", "for=\"[::1]:80\"", "sk-canary-0123456789abcdef", std::string(1, '\0')};
    return all;
}

template <class Random>
std::string change(std::string text, const std::vector<std::string>& others, Random& random) {
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % std::max<std::size_t>(n, 1)); };
    for (auto changes = below(4) + 1; changes != 0; --changes) {
        const auto at = below(text.size() + 1);
        const auto length = std::min(below(1 + below(64)), text.size() - at);
        switch (below(8)) {
            case 0:
            case 1:
                text.replace(at, std::min<std::size_t>(1, text.size() - at), 1, static_cast<char>(below(256)));
                break;
            case 2:
                text.insert(at, words()[below(words().size())]);
                break;
            case 3:
                text.replace(at, length, words()[below(words().size())]);
                break;
            case 4:
                text.erase(at, length);
                break;
            case 5:
                text.insert(below(text.size() + 1), text.substr(at, length));
                break;
            case 6:
                if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
                break;
            default: {
                const auto& other = others[below(others.size())];
                text = text.substr(0, at) + other.substr(below(other.size() + 1));
            }
        }
    }
    text.resize(std::min(text.size(), most_bytes));
    return text;
}

void run_as_test(const std::vector<std::string>& files) {
    for (const auto& seed : files) {
        std::minstd_rand random(1);
        const auto step = std::max<std::size_t>(1, seed.size() / cuts_per_file);
        for (std::size_t cut = 0; cut <= seed.size(); cut += step) run(seed.substr(0, cut));
        for (std::size_t i = 0; i < changes_per_file; ++i) run(change(seed, files, random));
        run(seed);
    }
}

// Keeps some of what it made, so that changes add up; which ones is left to chance, since nothing measures coverage.
void run_for(std::chrono::seconds time, std::vector<std::string> files) {
    const auto* given = std::getenv("FUZZ_SEED");
    const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::printf("FUZZ_SEED=%llu\n", static_cast<unsigned long long>(seed));
    std::fflush(stdout);
    std::mt19937_64 random(seed);
    const auto first = files.size();
    for (const auto until = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < until;) {
        auto made = change(files[random() % files.size()], files, random);
        run(made);
        if (random() % 50 != 0) continue;
        if (files.size() < first * 4) files.push_back(std::move(made));
        else files[first + random() % (files.size() - first)] = std::move(made);
    }
}

}  // namespace

int main(int count, char** arguments) {
    target = std::filesystem::path(arguments[0]).filename();
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(keep_input);
    std::signal(SIGABRT, on_abort);
    std::vector<std::string> files;
    for (int i = 1; i < count; ++i) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(arguments[i])) {
            if (!entry.is_regular_file()) continue;
            std::ifstream file(entry.path(), std::ios::binary);
            files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
        }
    }
    if (files.empty()) return 1;
    std::sort(files.begin(), files.end());  // a folder lists its files in any order
    run_as_test(files);
    if (const auto* seconds = std::getenv("FUZZ_SECONDS")) run_for(std::chrono::seconds(std::atoll(seconds)), files);
    std::printf("%llu inputs from %zu files\n", static_cast<unsigned long long>(inputs), files.size());
    return 0;
}
