#include "openai/dialect.hpp"

#include <boost/test/unit_test.hpp>
#include <utility>
#include <vector>

using ferry::openai::dialect;
using ferry::openai::dialect_finder;

namespace {

constexpr std::string_view mark = "\xef\xbb\xbf";

dialect of(std::string_view text, std::size_t piece) {
    dialect_finder finder;
    for (std::size_t at = 0; at < text.size(); at += piece) finder.feed(text.substr(at, piece));
    return finder.found();
}

const std::vector<std::pair<std::string, dialect>> beginnings = {
    {"data: {}", dialect::events},   {"event: x", dialect::events}, {"id: 1", dialect::events},
    {"retry:1", dialect::events},    {": keep", dialect::events},   {":", dialect::events},
    {"{\"a\":1}", dialect::document}, {"[1]", dialect::document},    {"\"x\"", dialect::document},
    {"-1", dialect::document},       {"true", dialect::document},   {"null", dialect::document},
    {"<html>", dialect::other},      {"dat", dialect::undecided},   {"id", dialect::undecided},
    {"", dialect::undecided},        {"date", dialect::other},      {"event ", dialect::other},
    {"\xff{", dialect::other}};

}  // namespace

BOOST_AUTO_TEST_SUITE(dialect_suite)

BOOST_AUTO_TEST_CASE(the_first_bytes_decide_behind_blanks_and_a_byte_order_mark_however_they_are_split) {
    for (const auto& [text, wanted] : beginnings) {
        for (const std::string before : {std::string(), std::string(" \r\n\t"), std::string(mark),
                                         "\n" + std::string(mark) + "\n", std::string(100, '\n')}) {
            for (const std::size_t piece : {1u, 2u, 3u, 7u, 1000u})
                BOOST_TEST((of(before + text, piece) == wanted), before.size() << " before '" << text << "'");
        }
    }
}

BOOST_AUTO_TEST_CASE(half_a_mark_or_two_of_them_are_none) {
    for (const std::size_t piece : {1u, 2u, 1000u}) {
        BOOST_TEST((of("\xef\xbb{}", piece) == dialect::other));
        BOOST_TEST((of("\xef \xbb\xbf{}", piece) == dialect::other));
        BOOST_TEST((of(std::string(mark) + std::string(mark) + "{}", piece) == dialect::other));
    }
    BOOST_TEST((of("\xef\xbb", 1) == dialect::undecided));
}

BOOST_AUTO_TEST_SUITE_END()
