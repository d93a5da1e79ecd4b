#include "provider/vocabulary.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace ferry::provider {
namespace {

struct vocabulary_row {
    std::string_view begins;  // of a name, in small letters
    vocabulary has;
};

// The first that matches. o200k came with gpt-4o, of the GPT-4 family; what is older has cl100k.
constexpr vocabulary_row rows[] = {
    {"gpt-4o", vocabulary::o200k},
    {"gpt-4.", vocabulary::o200k},
    {"gpt-4", vocabulary::cl100k},
    {"gpt-3.5", vocabulary::cl100k},
    {"gpt-35", vocabulary::cl100k},
    {"gpt-", vocabulary::o200k},
    {"chatgpt-", vocabulary::o200k},
    {"o1", vocabulary::o200k},
    {"o3", vocabulary::o200k},
    {"o4", vocabulary::o200k},
    {"text-embedding-", vocabulary::cl100k},
    {"deepseek", vocabulary::of_129k},
    {"qwen3.5", vocabulary::of_248k},
    {"qwen3.6", vocabulary::of_248k},
    {"qwen", vocabulary::of_152k},
    {"qwq", vocabulary::of_152k},
    {"qvq", vocabulary::of_152k},
};

bool begins_with(std::string_view name, std::string_view small) {
    return name.size() >= small.size() && std::equal(small.begin(), small.end(), name.begin(),
                                                     [](char want, char is) { return want == lower_case(is); });
}

}  // namespace

vocabulary vocabulary_of(std::string_view service, std::string_view model) {
    const auto slash = model.rfind('/');
    if (slash != std::string_view::npos) model.remove_prefix(slash + 1);
    for (const auto name : {model, service}) {
        for (const auto& row : rows)
            if (begins_with(name, row.begins)) return row.has;
    }
    return vocabulary::unknown;
}

}  // namespace ferry::provider
