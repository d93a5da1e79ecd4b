// Walking over JSON that was validated before, without a tree and without copies.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace ferry::openai {

inline std::size_t skip_blanks(std::string_view json, std::size_t at) {
    while (at < json.size() && (json[at] == ' ' || json[at] == '\t' || json[at] == '\n' || json[at] == '\r')) ++at;
    return at;
}

// One past the closing quote of the string that opens at `at`.
std::size_t skip_string(std::string_view json, std::size_t at);

// One past the end of the value that begins at `at`.
std::size_t skip_value(std::string_view json, std::size_t at);

// Bytes that are no part of a string; the count stops beyond `most`.
std::size_t structure_of(std::string_view json, std::size_t most);

// Whether a walk goes on after f: always, or while f says so.
template <class F, class... Views>
bool goes_on(F& f, Views... views) {
    if constexpr (std::is_same_v<decltype(f(views...)), bool>) {
        return f(views...);
    } else {
        f(views...);
        return true;
    }
}

// Calls f(key, value) for each member, to the end or until f returns false: the key as spelled between its quotes, the
// value as spelled. Of a value that is no object nothing.
template <class F>
void for_each_member(std::string_view object, F&& f) {
    auto at = skip_blanks(object, 0);
    if (at == object.size() || object[at] != '{') return;
    at = skip_blanks(object, at + 1);
    while (at < object.size() && object[at] == '"') {
        const auto key_end = skip_string(object, at);
        const auto key = object.substr(at + 1, key_end - at - 2);
        const auto begin = skip_blanks(object, skip_blanks(object, key_end) + 1);
        const auto end = skip_value(object, begin);
        if (!goes_on(f, key, object.substr(begin, end - begin))) return;
        at = skip_blanks(object, skip_blanks(object, end) + 1);
    }
}

// Calls f(value) for each element likewise; of a value that is no array nothing.
template <class F>
void for_each_element(std::string_view array, F&& f) {
    auto at = skip_blanks(array, 0);
    if (at == array.size() || array[at] != '[') return;
    at = skip_blanks(array, at + 1);
    while (at < array.size() && array[at] != ']') {
        const auto end = skip_value(array, at);
        if (!goes_on(f, array.substr(at, end - at))) return;
        at = skip_blanks(array, skip_blanks(array, end) + 1);
    }
}

}  // namespace ferry::openai
