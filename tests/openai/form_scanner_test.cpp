#include <boost/test/unit_test.hpp>
#include <chrono>
#include <vector>

#include "openai/form.hpp"
#include "openai/form_names.hpp"

using namespace ferry;
using namespace ferry::openai;
using namespace ferry::openai::testing;

namespace {

result<form_request> scan_of_two(std::string_view body, std::size_t cut) {
    form_scanner scanner("b");
    if (auto refused = scanner.feed(body.substr(0, cut))) return *refused;
    if (auto refused = scanner.feed(body.substr(cut))) return *refused;
    return scanner.finish();
}

// Content that comes close to a delimiter in every way it may.
const std::string awkward_content = "\r\n--a\r-\n-b\r\n-\r\n\r\n--\r\r\n\r--c\n--\n-\n\n--a--b\r\n -- b-\r\n--\xff\r";

const std::string all_fields = form(
    part("model", "m\xc3\xa9") + part("file", awkward_content, "; filename=\"a.bin\"") + part("id", "5") +
    part("conversationId", "-81") + part("stream", "true") + part("response_format", "verbose_json") + part("n", "2") +
    part("size", "1024x1024") + part("quality", "hd") + part("user", "u") + part("purpose", "assistants") +
    part("prompt", "model=x", "", "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 7\r\n"));

}  // namespace

BOOST_AUTO_TEST_SUITE(form_scanner_suite)

BOOST_AUTO_TEST_CASE(every_routed_part_is_read_and_located) {
    const std::string_view body = all_fields;
    const auto read = scan_form(body).value();
    BOOST_TEST(*read.model == "m\xc3\xa9");
    BOOST_TEST(*read.id == 5);
    BOOST_TEST(*read.conversation_id == -81);
    BOOST_TEST(read.stream);
    BOOST_TEST(*read.response_format == "verbose_json");
    BOOST_TEST(*read.n == 2);
    BOOST_TEST(*read.size == "1024x1024");
    BOOST_TEST(*read.quality == "hd");
    BOOST_TEST(*read.user == "u");
    BOOST_TEST(*read.purpose == "assistants");
    BOOST_TEST(read.parts == 12u);
    BOOST_TEST(read.file_bytes == awkward_content.size());
    BOOST_TEST(read.body_size == body.size());
    const std::string_view values[] = {"m\xc3\xa9", "5",         "-81", "true", "verbose_json",
                                       "2",         "1024x1024", "hd",  "u",    "assistants"};
    for (std::size_t i = 0; i != form_field_count; ++i) {
        const auto& found = read.where(static_cast<form_field>(i));
        BOOST_TEST_REQUIRE(found.has_value());
        BOOST_TEST(text_of(body, found->value) == values[i]);
        BOOST_TEST(text_of(body, found->whole) == part(name_of(static_cast<form_field>(i)), values[i]));
        BOOST_TEST(!found->length);
    }
}

BOOST_AUTO_TEST_CASE(what_a_form_does_not_hold_is_absent) {
    const auto read = scan_form(form(part("file", "", "; filename=\"\""))).value();
    BOOST_TEST(!read.model);
    BOOST_TEST(!read.id);
    BOOST_TEST(!read.stream);
    BOOST_TEST(!read.n);
    for (const auto& each : read.fields) BOOST_TEST(!each);
    BOOST_TEST(read.parts == 1u);
    BOOST_TEST(read.file_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_form_of_curl_is_understood) {
    const std::string boundary = "------------------------15e8c8ce4bd8d04a", line = "--" + boundary;
    const std::string body = line + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n" + line +
                             "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b.bin\"\r\n"
                             "Content-Type: application/octet-stream\r\n\r\nabc\r\n" +
                             line + "--\r\n";
    const auto read = scan_form(body, 0, boundary).value();
    BOOST_TEST(*read.model == "m");
    BOOST_TEST(read.file_bytes == 3u);
}

BOOST_AUTO_TEST_CASE(a_form_of_the_python_sdk_is_understood) {
    const std::string boundary = "8af68e43a6b04723c82d64cf7e230e1f", line = "--" + boundary;
    std::string body;
    const auto add = [&](std::string_view name, std::string_view value) {
        body.append(line).append("\r\nContent-Disposition: form-data; name=\"").append(name).append("\"\r\n\r\n");
        body.append(value).append("\r\n");
    };
    add("model", "whisper-1");
    add("response_format", "verbose_json");
    add("stream", "false");
    add("temperature", "0.2");
    add("timestamp_granularities[]", "word");
    add("timestamp_granularities[]", "segment");
    add("id", "7");
    body += line +
            "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22\xc3\xbc.mp3\"\r\n"
            "Content-Type: audio/mpeg\r\n\r\nID3\x01\r\n" +
            line + "--\r\n";
    const auto read = scan_form(body, 0, boundary).value();
    BOOST_TEST(*read.model == "whisper-1");
    BOOST_TEST(*read.id == 7);
    BOOST_TEST(!read.stream);
    BOOST_TEST(read.parts == 8u);
}

BOOST_AUTO_TEST_CASE(a_form_of_the_node_sdk_and_of_browsers_is_understood) {
    for (const std::string boundary : {"----formdata-undici-084376007938", "----WebKitFormBoundary7MA4YWxkTrZu0gW"}) {
        for (const std::string_view end : {"--\r\n", "--"}) {
            const std::string line = "--" + boundary;
            const std::string body = line +
                                     "\r\nContent-Disposition: form-data; name=\"file\"; "
                                     "filename=\"a%22\xc3\xbc\\.bin\"\r\nContent-Type: audio/mpeg\r\n\r\nabc\r\n" +
                                     line + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n" + line +
                                     std::string(end);
            BOOST_TEST(*scan_form(body, 0, boundary).value().model == "m");
        }
    }
}

BOOST_AUTO_TEST_CASE(forms_of_other_libraries_are_understood) {
    const std::string_view heads[] = {
        // Apache HttpClient, OkHttp, .NET, a parser of the older kind's worst case
        "Content-Disposition: form-data; name=\"model\"\r\nContent-Type: text/plain; charset=UTF-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n",
        "Content-Disposition: form-data; name=\"model\"\r\nContent-Length: 3\r\n",
        "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=model\r\n",
        "content-disposition:form-data;NAME=\"model\"\r\ncontent-transfer-encoding: BINARY\r\n",
    };
    const std::string plain =
        "Content-Disposition: form-data; name=\"prompt\"\r\nContent-Type: text/plain\r\n"
        "Content-Transfer-Encoding: 8bit\r\n";
    BOOST_TEST(scan_form(form(part_of(plain) + part_of(plain))).value().parts == 2u);
    for (const auto head : heads) BOOST_TEST(*scan_form(form(part_of(head, "gpt"))).value().model == "gpt", head);
    const std::string_view names[] = {R"("a \"b\" c.png")", R"("C:\fakepath\a.png")", R"("a;b.png")", "a.png", "\"\""};
    for (const auto name : names) {
        const auto read = scan_form(form(part("image[]", "xy", "; filename=" + std::string(name))));
        BOOST_TEST(read.value().file_bytes == 2u, name);
    }
    BOOST_TEST(scan_form(form(part("f", "xy", "; filename*=utf-8''%e2%82%ac.png"))).value().file_bytes == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_may_say_its_name_in_the_two_ways_of_the_dotnet_sdk) {
    for (const std::string_view names :
         {"; filename=a.png; filename*=utf-8''a.png", "; filename=\"a b.png\"; filename*=utf-8''a%20b.png",
          "; filename=\"=?utf-8?B?4oKs?=\"; filename*=utf-8''%E2%82%AC", "; filename*=UTF-8''%61; FileName=a",
          "; filename=\"=?utf-8?B?w6k=?=\"; filename*=utf-8''%C3%A9",
          "; filename=\"=?utf-8?B?w6lh/w==?=\"; filename*=utf-8''%C3%A9a%ff"}) {
        const auto read = scan_form(form(part("file", "xy", names)));
        BOOST_TEST(read.has_value(), names);
        BOOST_TEST((read && read->file_bytes == 2u), names);
    }
}

BOOST_AUTO_TEST_CASE(files_of_many_parts_are_counted_together) {
    const auto read =
        scan_form(form(part("image[]", "abc", "; filename=\"1\"") + part("image[]", "", "; filename=\"2\"") +
                       part("image[]", "no file") + part("mask", "\r\n", "; filename=\"3\"")));
    BOOST_TEST(read.value().file_bytes == 5u);
    BOOST_TEST(read.value().parts == 4u);
}

BOOST_AUTO_TEST_CASE(the_delimiter_may_stand_within_a_line) {
    for (const std::string_view value : {"a--b", "a --b\r\n", "-\r\n ---b", "\r\n- -b", "\x0b--b"}) {
        const auto body = form(part("f", value, "; filename=\"x\""));
        BOOST_TEST(scan_form(body).value().file_bytes == value.size(), value);
    }
}

BOOST_AUTO_TEST_CASE(any_split_gives_the_same_answer) {
    const auto whole = scan_form(all_fields);
    BOOST_TEST_REQUIRE(whole.has_value());
    for (std::size_t cut = 0; cut <= all_fields.size(); ++cut)
        BOOST_TEST(is_same(scan_of_two(all_fields, cut), whole), cut);
    for (const std::size_t piece : {1, 2, 3, 5, 7, 16, 17, 18, 19, 33}) {
        BOOST_TEST(is_same(scan_form(all_fields, piece), whole), piece);
    }
}

BOOST_AUTO_TEST_CASE(any_split_gives_the_same_fault) {
    const std::string long_value = part("size", std::string(4090, 'x') + "\r\n--\r\n-1234");
    for (const std::string& body : {std::string(),
                                    std::string("-"),
                                    "\r\n" + all_fields,
                                    form(part("a", "\n--b")),
                                    form(part("a", "\r--b")),
                                    form(part("a", "--b")),
                                    form(part("a", "\r\n--bc")),
                                    form(part("a", "\r\n--b-c")),
                                    form(part("a", "\r\n--b \r\n")),
                                    form(part_of("Content-Disposition: form-data\r\n")),
                                    form(part_of("X: y\n")),
                                    form(part("id", "0")),
                                    form(part("model", "a\r\n")),
                                    form(part("model", "a") + part("model", "a")),
                                    form(part("a", "1", "", "Content-Length: 2\r\n")),
                                    form(part_of("X: " + std::string(8192, 'x') + "\r\n")),
                                    form(long_value),
                                    form(part("a", "1")) + "x",
                                    form(part("a", "1")) + "\r\n",
                                    part("a", "1"),
                                    part("a", "1") + "--b--\r",
                                    form("")}) {
        const auto whole = scan_form(body);
        BOOST_TEST(whole.has_error(), body);
        for (std::size_t cut = 0; cut <= body.size(); ++cut) BOOST_TEST(is_same(scan_of_two(body, cut), whole), body);
        BOOST_TEST(is_same(scan_form(body, 1), whole), body);
    }
}

// A plain search for the delimiter finds what the scanner finds, wherever the pieces end.
BOOST_AUTO_TEST_CASE(a_delimiter_is_found_behind_content_of_any_length) {
    for (std::size_t size = 0; size != 70; ++size) {
        for (const std::string_view tail : {"", "\r", "\n", "-", "\r\n", "\r\n-", "\r\n--", "\r-", "\n--", "\r\r\n"}) {
            const auto value = std::string(size, 'x').append(tail);
            const auto body = form(part("f", value, "; filename=\"x\"") + part("model", "m"));
            BOOST_TEST(scan_form(body).value().file_bytes == value.size());
            BOOST_TEST(scan_form(body, 20).value().file_bytes == value.size());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_big_file_is_read_in_time) {
    std::string file(50u << 20, 'x');
    for (std::size_t at = 0; at < file.size(); at += 64) file.replace(at, 4, "\r\n--");
    const auto body = form(part("model", "m") + part("file", file, "; filename=\"x\""));
    const auto begun = std::chrono::steady_clock::now();
    BOOST_TEST(scan_form(body, 65536).value().file_bytes == file.size());
    BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_SUITE_END()
