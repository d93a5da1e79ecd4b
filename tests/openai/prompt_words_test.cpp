#include "openai/prompt_words.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "openai/image_head.hpp"

using namespace ferry::openai;

namespace {

// The words, a line for each piece's text that follows another member.
struct heard final : answer_words {
    std::string text;
    void add(std::string_view piece) override { text += piece; }
};

struct reading {
    heard words;
    prompt_parts parts;
    explicit reading(std::string_view body) { read_prompt(body, words, parts); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(prompt_words_suite)

BOOST_AUTO_TEST_CASE(the_words_of_a_chat_are_what_its_messages_say_and_its_tools_as_they_stand) {
    const reading got(
        R"({"model":"m","messages":[{"role":"system","content":"Be \"brief\"\n"},)"
        R"({"role":"user","name":"ann","content":[{"type":"text","text":"\u4f60\ud83d\ude00"},)"
        R"({"type":"image_url","image_url":{"url":"http:\/\/x\/y","detail":"low"}}]},)"
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"look","arguments":"{}"}}]}],)"
        R"("tools":[{"type":"function"}],"temperature":1,"metadata":{"content":"no"}})");
    BOOST_TEST(got.words.text == "Be \"brief\"\nann\xe4\xbd\xa0\xf0\x9f\x98\x80look{}{\"type\":\"function\"}");
    BOOST_TEST(got.parts.messages == 3);
    BOOST_TEST(got.parts.names == 1);
    BOOST_TEST(got.parts.tools == 1);
    BOOST_TEST(got.parts.calls == 1);
    BOOST_REQUIRE(got.parts.images.size() == 1u);
    BOOST_TEST(got.parts.images[0].is_low);
    BOOST_TEST(got.parts.images[0].url == R"(http:\/\/x\/y)");
    BOOST_TEST(!got.parts.has_more);
}

BOOST_AUTO_TEST_CASE(prompts_and_inputs_come_as_texts_lists_and_tokens) {
    BOOST_TEST(reading(R"({"prompt":"abc","suffix":"d"})").words.text == "abcd");
    BOOST_TEST(reading(R"({"input":["ab","c"]})").words.text == "abc");
    const reading numbers(R"({"input":[[1,2,3],[4]]})");
    BOOST_TEST(numbers.words.text == "");
    BOOST_TEST(numbers.parts.tokens == 4);
    BOOST_TEST(reading(R"({"prompt":[1,22]})").parts.tokens == 2);
}

BOOST_AUTO_TEST_CASE(items_of_a_response_are_messages) {
    const reading got(
        R"({"instructions":"I","input":[{"role":"user","content":[{"type":"input_text","text":"a"}]},)"
        R"({"type":"function_call","name":"f","arguments":"{\"x\":1}"},{"type":"function_call_output","output":"b"}],)"
        R"("background":true})");
    BOOST_TEST(got.words.text == "Iaf{\"x\":1}b");
    BOOST_TEST(got.parts.messages == 3);
    BOOST_TEST(got.parts.calls == 1);
    BOOST_TEST(got.parts.is_background);
    BOOST_TEST(reading(R"({"input":"a","previous_response_id":"r"})").parts.has_more);
    BOOST_TEST(!reading(R"({"input":"a","previous_response_id":null})").parts.has_more);
}

BOOST_AUTO_TEST_CASE(schemas_count_and_mere_formats_do_not) {
    BOOST_TEST(reading(R"({"response_format":{"type":"json_object"}})").words.text == "");
    BOOST_TEST(reading(R"({"response_format":{"json_schema":{"schema":{}}}})").words.text ==
               R"({"json_schema":{"schema":{}}})");
}

BOOST_AUTO_TEST_CASE(messages_that_were_put_in_are_read_alike) {
    heard words;
    prompt_parts parts;
    read_messages(R"({"role":"user","content":"a"},{"role":"assistant","content":"b"},)", words, parts);
    BOOST_TEST(words.text == "ab");
    BOOST_TEST(parts.messages == 2);
    read_messages("", words, parts);
    BOOST_TEST(parts.messages == 2);
}

BOOST_AUTO_TEST_CASE(images_tell_their_size_in_their_first_bytes) {
    const auto size = [](std::string_view url) {
        const auto found = pixels_of_url(url);
        return found ? std::to_string(found->width) + "x" + std::to_string(found->height) : "none";
    };
    BOOST_TEST(size("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA=") == "640x480");
    BOOST_TEST(size("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA") == "none");
    BOOST_TEST(size("data:image/gif;base64,R0lGODlhQAHwAPcAAA==") == "320x240");
    BOOST_TEST(size("https://example.com/a.png") == "none");
    const std::string frame("\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x11\x08\x01\xe0\x02\x80\x03", 18);
    BOOST_REQUIRE(pixels_of(frame));
    BOOST_TEST(pixels_of(frame)->width == 640);
    BOOST_TEST(pixels_of(frame)->height == 480);
    std::string webp("RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0", 24);
    webp += std::string("\x7f\x02\x00\xdf\x01\x00", 6);
    BOOST_REQUIRE(pixels_of(webp));
    BOOST_TEST(pixels_of(webp)->width == 640);
    BOOST_TEST(pixels_of(webp)->height == 480);
}

BOOST_AUTO_TEST_SUITE_END()
