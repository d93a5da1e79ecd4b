"""Which words and characters the vocabularies have as a whole: proxy/usage/known_tokens.bin."""
import re
from collections import Counter

# As in proxy/usage/known_tokens.hpp.
WORD_BITS, WORD_FACTOR = 19, 0x9E3779B97F4A7C15
FIRST_HAN, HAN_SIZE = 0x4000, 0x6000
NEARLY_ALL = 4  # of five vocabularies


def _number(word):
    return (int.from_bytes(word[-8:], "little") * WORD_FACTOR % 2 ** 64) >> (64 - WORD_BITS)


def _words(vocabularies):
    """Of letters, as they stand behind a space."""
    have = Counter(token[1:] for tokens in vocabularies.values() for token in tokens
                   if re.fullmatch(rb" [A-Za-z]+", token))
    return {_number(word) for word, count in have.items() if count >= NEARLY_ALL}


def _level(character, vocabularies):
    token = chr(character).encode()
    if token in vocabularies["cl100k"]:  # which has the fewest
        return 3
    if token in vocabularies["o200k"]:
        return 2
    return int(sum(token in tokens for tokens in vocabularies.values()) >= 2)


def write(path, vocabularies):
    """`vocabularies`: by name, the set of tokens as bytes."""
    words, han = bytearray(2 ** WORD_BITS // 8), bytearray(HAN_SIZE // 4)
    for number in _words(vocabularies):
        words[number >> 3] |= 1 << (number & 7)
    for at in range(0x4E00 - FIRST_HAN, HAN_SIZE):
        han[at >> 2] |= _level(FIRST_HAN + at, vocabularies) << (at & 3) * 2
    path.write_bytes(words + han)


def source(path):
    """C++ that has it."""
    return ('#include "usage/known_tokens.hpp"\n'
            "alignas(64) const ferry::usage::known_tokens ferry::usage::known = {{%s}, {%s}};\n" % (
                ",".join(map(str, path.read_bytes()[:2 ** WORD_BITS // 8])),
                ",".join(map(str, path.read_bytes()[2 ** WORD_BITS // 8:]))))
