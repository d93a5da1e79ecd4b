// What of a text is counted to estimate its tokens: bytes of some class, by what stands before them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ferry::usage {

// "First", "second", ... say which one of its run a byte is; of longer characters the first byte counts. A letter here
// is one of ASCII, and a word is a run of them, up to a capital behind a small one. Tokenizers cut a text where its
// class changes and merge what often occurs together: what a byte costs depends on where in its run it stands, and what
// a word costs on whether they have it as a whole (known_tokens.hpp).
enum class text_feature : std::uint8_t {
    word_lower,         // first letter, behind a blank or a control character
    word_upper,         // likewise, a capital
    word_glued,         // first letter behind anything else in ASCII
    word_after_wide,    // first letter behind a byte that is not ASCII
    capital_inside,     // a capital behind a small letter
    word_new,           // a word that few vocabularies have as a whole
    letter_new,         // the letters of such words, up to eight of each
    letter_late,        // eighth and later letters
    digit_after_space,  // first digit
    digit_first,        // likewise, behind anything else
    digit_next,         // second and third
    digit_late,         // fourth and later
    punct_after_space,  // first of ASCII's other printable characters
    punct_after_word,   // likewise, behind a letter or digit
    punct_first,        // likewise, behind anything else
    punct_next,         // a later one that differs from the one before it
    punct_repeat,       // a later one that does not
    space_second,       // a run of spaces is a token of its own but for its last one
    newline,            // first of a run, but behind punctuation, which takes it into its token
    tab,
    control,
    latin_sign,      // U+0080 to U+00BF
    latin_letter,    // U+00C0 to U+00FF
    latin_extended,  // U+0100 to U+02FF
    greek,           // U+0300 to U+03FF
    cyrillic_first,  // U+0400 to U+04FF
    cyrillic_next,   // second and third
    cyrillic_late,   // fourth and later
    semitic,         // U+0500 to U+07FF
    indic,           // U+0800 to U+1FFF, with Thai and others
    punct_general,   // U+2000 to U+203F
    symbol,          // U+2040 to U+2FFF
    cjk_punct,       // U+3000 to U+303F
    hiragana,        // U+3040 to U+307F
    kana_mixed,      // U+3080 to U+30BF
    katakana,        // U+30C0 to U+30FF
    cjk_extension,   // U+3100 to U+3FFF
    han_first,       // U+4000 to U+9FFF: the first of a run, besides what follows
    han_common,      // U+4000 to U+9FFF, of which all vocabularies make one token
    han_known,       // likewise, most
    han_scarce,      // likewise, some
    han_rare,        // the others
    hangul_first,    // U+A000 to U+DFFF
    hangul_next,     // second and later
    compatibility,   // U+E000 to U+FFFF, with the fullwidth forms
    astral,          // from U+10000, with emoji
    count_of_features,
};
constexpr std::size_t text_features_size = static_cast<std::size_t>(text_feature::count_of_features);

using text_features = std::array<std::uint64_t, text_features_size>;

// Counts in a text that comes in pieces: how it is cut changes nothing. Any bytes may come, also such as are no UTF-8.
// What a byte counts as depends on the eight before it alone, and a word is counted at the byte behind it: so a text
// never counts less for what is put behind it.
class text_counter {
public:
    void add(std::string_view piece);
    // The same, byte by byte. For tests, and for machines of another kind.
    void add_by_1(std::string_view piece);
    // The same, as machines without AVX2 do it. For tests.
    void add_by_16(std::string_view piece);

    text_features features() const;

private:
    // Counts so many windows of 64 bytes, each of which begins with the last bytes of the one before it.
    using taker = void (*)(const char* window, std::size_t windows, text_features& to);
    void add_with(taker take, std::string_view piece);
    // REQUIRES: it is too short to be counted.
    void keep(std::string_view piece);

    // The nine bytes before those that wait to be counted, and these: pieces are as small as a token.
    std::array<char, 1 + 64> held_{};
    std::uint8_t waiting_ = 0;
    text_features features_{};
};

text_features features_of(std::string_view text);

}  // namespace ferry::usage
