// What measure-estimator asks of Ferry's own code. On its input stand records: "TOKENS BYTES\n" and so many bytes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "usage/text_features.hpp"

namespace usage = ferry::usage;

namespace {

struct sample {
    std::int64_t tokens = 0;
    std::string text;
};

bool read(sample& one) {
    std::size_t size = 0;
    if (!(std::cin >> one.tokens >> size)) return false;
    std::cin.get();
    one.text.resize(size);
    std::cin.read(one.text.data(), static_cast<std::streamsize>(size));
    return true;
}

// The counts of each text, one line each.
void features() {
    for (sample one; read(one);) {
        for (const auto count : usage::features_of(one.text))
            std::printf("%llu ", static_cast<unsigned long long>(count));
        std::printf("\n");
    }
}

void speed() {
    std::vector<sample> all;
    double bytes = 0;
    for (sample one; read(one); all.push_back(one)) bytes += static_cast<double>(one.text.size());
    using adder = void (usage::text_counter::*)(std::string_view);
    for (const auto& [name, add, piece] :
         {std::tuple<const char*, adder, std::size_t>{"AVX2", &usage::text_counter::add, 1 << 20},
          {"AVX2, pieces of 16 bytes", &usage::text_counter::add, 16},
          {"SSE2", &usage::text_counter::add_by_16, 1 << 20},
          {"byte by byte", &usage::text_counter::add_by_1, 1 << 20}}) {
        double best = 1e9;
        for (std::size_t round = 0; round < 200; ++round) {
            const auto& one = all[round % all.size()];
            const auto began = std::chrono::steady_clock::now();
            usage::text_counter counter;
            for (int times = 0; times < 20; ++times)
                for (std::string_view rest = one.text; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
                    (counter.*add)(rest.substr(0, piece));
            const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
            best = std::min(best, took.count() / bytes * 1024);
            if (counter.features()[0] == 0) std::printf("nothing was counted\n");
        }
        std::printf("%s\t%.0f\n", name, best);
    }
}

}  // namespace

int main(int, char** argv) {
    if (argv[1] == std::string_view("features")) features();
    if (argv[1] == std::string_view("speed")) speed();
}
