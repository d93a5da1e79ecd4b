// What measure-estimator asks of Ferry's own code. On its input stand records: "TOKENS BYTES\n" and so many bytes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "provider/vocabulary.hpp"
#include "usage/calibration.hpp"
#include "usage/estimator.hpp"
#include "usage/text_features.hpp"
#include "usage/token_weights.hpp"

namespace usage = ferry::usage;

namespace {

// Weights that are tried, of any vocabulary: those of Ferry saw the texts that measure them.
std::int32_t tried[usage::text_features_size], tried_spreads[usage::text_features_size];

}  // namespace

const std::int32_t* ferry::usage::weight_spreads() {
    return tried_spreads;
}

const std::int32_t* ferry::usage::token_weights_of(provider::vocabulary) {
    return tried;
}

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
    std::string text;
    for (sample one; read(one);) text += one.text;
    using adder = void (usage::text_counter::*)(std::string_view);
    for (const auto& [name, add, piece] :
         {std::tuple<const char*, adder, std::size_t>{"AVX2", &usage::text_counter::add, 1 << 20},
          {"AVX2, pieces of 16 bytes", &usage::text_counter::add, 16},
          {"SSE2", &usage::text_counter::add_by_16, 1 << 20},
          {"byte by byte", &usage::text_counter::add_by_1, 1 << 20}}) {
        double best = 1e9;
        for (std::size_t round = 0; round < 200; ++round) {
            const auto one = std::string_view(text).substr(round * (text.size() / 200), 1 << 15);
            const auto began = std::chrono::steady_clock::now();
            usage::text_counter counter;
            for (int times = 0; times < 20; ++times)
                for (std::string_view rest = one; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
                    (counter.*add)(rest.substr(0, piece));
            const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
            best = std::min(best, took.count() / 20 / static_cast<double>(one.size()) * 1024);
            if (counter.features() == usage::text_features{}) std::printf("nothing was counted\n");
        }
        std::printf("%s\t%.0f\n", name, best);
    }
}

// The first records teach; of each later one: cold and calibrated estimate and the error that is told.
void calibrate(int teaching) {
    for (auto& weight : tried) std::cin >> weight;
    for (auto& spread : tried_spreads) std::cin >> spread;
    constexpr auto of = ferry::provider::vocabulary::unknown;
    usage::calibration learnt;
    for (sample one; read(one);) {
        const auto features = usage::features_of(one.text);
        if (teaching-- > 0) {
            learnt.learn(features, of, one.tokens);
            continue;
        }
        const auto cold = usage::estimate_text(features, of);
        const auto warm = usage::estimate_text(features, of, &learnt);
        std::printf("%lld %lld %d\n", static_cast<long long>(cold.tokens), static_cast<long long>(warm.tokens),
                    warm.error_permille);
    }
}

}  // namespace

int main(int count, char** argv) {
    const std::string_view what = count > 1 ? argv[1] : "";
    if (what == "features") features();
    if (what == "speed") speed();
    if (what == "calibrate" && count == 3) calibrate(std::atoi(argv[2]));
}
