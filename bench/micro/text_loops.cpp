#include "inner_loop.hpp"
#include "openai/prompt_words.hpp"
#include "samples.hpp"
#include "usage/estimator.hpp"
#include "usage/word_tally.hpp"

namespace ferry::micro {

namespace {

constexpr std::size_t kib = 64;

void add_features(std::vector<inner_loop>& to, std::string name, std::string text, std::size_t piece) {
    text.resize(kib << 10);
    to.push_back({std::move(name), "KiB",
                  [text, piece](std::size_t times) {
                      for (; times > 0; --times) {
                          usage::text_counter counter;
                          for (std::size_t at = 0; at < text.size(); at += piece)
                              counter.add(std::string_view(text).substr(at, piece));
                          auto found = counter.features();
                          consume(found);
                      }
                  },
                  kib, true});
}

}  // namespace

void add_text_loops(std::vector<inner_loop>& to) {
    constexpr std::size_t whole = kib << 10;
    add_features(to, "text features, English at once", english(whole), whole);
    add_features(to, "text features, English, token by token", english(whole), 5);
    add_features(to, "text features, Chinese", chinese(whole), whole);
    add_features(to, "text features, JSON", json(whole), whole);
    auto features = usage::features_of(english(4000));
    to.push_back({"tokens of features (estimator)", "text",
                  [features](std::size_t times) mutable {
                      for (; times > 0; --times) {
                          consume(features);
                          auto estimate = usage::estimate_text(features, provider::vocabulary::unknown);
                          consume(estimate);
                      }
                  },
                  1, true});
    const auto body = chat_body(16 << 10, true);
    to.push_back({"prompt of 16 KiB, read for its words", "body", [body](std::size_t times) {
                      for (; times > 0; --times) {
                          usage::word_tally words;
                          openai::prompt_parts parts;
                          openai::read_prompt(body, words, parts);
                          consume(words);
                          consume(parts);
                      }
                  }});
}

}  // namespace ferry::micro
