#include "access/api_key.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <thread>

using namespace ferry;

namespace {

const std::string minted = "fk-0123456789-" + std::string(43, 'A');

std::string with(std::string text, std::size_t at, char c) {
    text[at] = c;
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(api_key)

BOOST_AUTO_TEST_CASE(a_minted_key_has_the_documented_form) {
    for (int i = 0; i < 200; ++i) {
        const std::string key = access::mint_api_key();
        BOOST_TEST(key.size() == 57u);
        const auto part = access::public_part(key);
        BOOST_REQUIRE(part.has_value());
        BOOST_TEST(*part == key.substr(3, 10));
        BOOST_TEST(key.substr(14).find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
                   std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(no_two_minted_keys_are_equal) {
    std::set<std::string> keys, parts;
    for (int i = 0; i < 2000; ++i) {
        const std::string key = access::mint_api_key();
        BOOST_TEST(keys.insert(key).second);
        BOOST_TEST(parts.insert(std::string(*access::public_part(key))).second);
    }
}

// With 62 letters out of 256 byte values, a plain remainder would give the first 8 letters a fifth more than the rest.
BOOST_AUTO_TEST_CASE(every_letter_of_the_alphabet_is_equally_likely) {
    std::map<char, int> seen;
    const int keys = 20000;
    for (int i = 0; i < keys; ++i)
        for (const char c : access::mint_api_key().substr(14)) ++seen[c];
    BOOST_TEST(seen.size() == 62u);
    const double expected = keys * 43.0 / 62;  // 13,871; the standard deviation is 117
    for (const auto& [letter, count] : seen) BOOST_TEST(std::abs(count - expected) < 6 * 117, letter << ": " << count);
}

BOOST_AUTO_TEST_CASE(a_text_of_any_other_form_has_no_public_part) {
    BOOST_TEST(access::public_part(minted).has_value());
    const std::string others[] = {
        "",
        "fk-",
        "fk-0123456789-",
        minted + "A",
        minted.substr(0, 56),
        " " + minted.substr(1),
        with(minted, 0, 'F'),
        with(minted, 3, 'A'),   // upper case in the public part
        with(minted, 13, '_'),  // the second dash
        with(minted, 20, '-'),
        with(minted, 56, '\0'),
        with(minted, 30, '\xc3'),
        "sk-0123456789-" + std::string(43, 'A'),
    };
    for (const std::string& other : others) BOOST_TEST(!access::public_part(other).has_value(), other);
}

// FIPS 180-2, appendix B, and the empty text.
BOOST_AUTO_TEST_CASE(sha256_gives_the_published_digests) {
    BOOST_TEST(access::sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(access::sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(access::sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

BOOST_AUTO_TEST_CASE(sha256_is_the_same_on_every_thread) {
    const auto expected = access::sha256(minted);
    bool equal[4] = {};
    std::vector<std::thread> threads;
    for (bool& one : equal)
        threads.emplace_back([&one, &expected] {
            one = true;
            for (int i = 0; i < 1000; ++i) one = one && access::sha256(minted) == expected;
        });
    for (std::thread& thread : threads) thread.join();
    BOOST_TEST(std::count(std::begin(equal), std::end(equal), true) == 4);
}

BOOST_AUTO_TEST_CASE(a_stored_digest_is_read_back) {
    const std::string hex = access::sha256_hex("abc");
    BOOST_TEST((access::parse_sha256_hex(hex) == access::sha256("abc")));
    std::string upper = hex;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return std::toupper(c); });
    BOOST_TEST((access::parse_sha256_hex(upper) == access::sha256("abc")));
    for (const std::string& bad : {std::string(), hex + "0", hex.substr(1), with(hex, 5, 'g'), with(hex, 63, ' ')})
        BOOST_TEST(!access::parse_sha256_hex(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(a_minted_key_is_stored_under_its_public_part) {
    BOOST_TEST(access::public_id(minted) == "0123456789");
}

BOOST_AUTO_TEST_CASE(an_imported_key_is_stored_under_the_beginning_of_its_hash) {
    BOOST_TEST(access::public_id("abc") == "im-ba7816bf8f01cfea4141");
}

BOOST_AUTO_TEST_CASE(a_key_that_could_not_travel_in_a_header_cannot_be_imported) {
    struct {
        std::string key;
        bool good;
    } cases[] = {
        {"sk-0123456789abcdef", true},         {std::string(16, 'x'), true},
        {std::string(256, 'x'), true},         {"a key with spaces inside", true},
        {"schl\xc3\xbcssel-0123456789", true}, {std::string(15, 'x'), false},
        {std::string(257, 'x'), false},        {"", false},
        {"line\nbreak-0123456789", false},     {std::string("nul\0-0123456789abcdef", 20), false},
        {"0123456789abcdef\x7f", false},       {" 0123456789abcdef", false},
        {"0123456789abcdef ", false},
    };
    for (const auto& one : cases) {
        const auto defect = access::import_defect(one.key);
        BOOST_TEST(defect.has_value() != one.good, one.key);
        if (defect && !one.key.empty()) BOOST_TEST(defect->find(one.key) == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
