// docs/operations.md is made from the table: FERRY_WRITE_DOCUMENTS=1 writes it anew.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "openai/operation.hpp"

using namespace ferry::openai;

namespace {

constexpr std::string_view begins = "<!-- the table: made from openai/operation_table.cpp -->\n",
                           ends = "<!-- the end of the table -->\n";

std::string model_text(const operation& row) {
    switch (row.model) {
        case model_place::body_member:
            return "`model` of the body";
        case model_place::form_part:
            return "`model` of the form";
        case model_place::rest_of_path:
            return "the path";
        case model_place::owner_of_id:
            return "who issued the id";
        case model_place::account:
            return row.refers_to.front().empty() ? "the account" : "who issued `" + std::string(row.refers_to[0]) + "`";
        case model_place::nowhere:
            break;
    }
    return "";
}

std::string path_text(const operation& row) {
    if (row.path.empty()) return "`POST` of what `paths` name";
    std::string path = std::string(row.method) + " " + std::string(row.path);
    if (row.model == model_place::rest_of_path) path += "{name}";
    return "`" + path + "`";
}

std::string answer_text(const operation& row) {
    std::string text = row.answer == answer_kind::file   ? "the file"
                       : row.answer == answer_kind::any  ? "JSON, text or bytes"
                       : row.answer == answer_kind::list ? "JSON, a list"
                                                         : "JSON";
    if (row.streams != stream_kind::none) text += "; events";
    return text;
}

std::string made() {
    std::ostringstream text;
    text << "| operation | request | also for Azure's clients | the row is found by | answer | counted in | asked "
            "again |\n"
         << "|---|---|---|---|---|---|---|\n";
    for (const auto& row : operations()) {
        if (row.who != answered_by::relay) continue;
        text << "| `" << row.name << "` | " << path_text(row) << (row.body == body_kind::form ? ", a form" : "")
             << " | " << (row.has_deployment_path ? "yes" : "") << " | " << model_text(row) << " | " << answer_text(row)
             << " | " << to_text(row.unit) << " | " << (row.may_be_repeated ? "yes" : "no") << " |\n";
    }
    return text.str();
}

std::string read(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_document_of_operations_says_what_the_table_says) {
    const std::string path = std::string(FERRY_SOURCE_DIR) + "/docs/operations.md";
    const auto text = read(path);
    const auto from = text.find(begins), to = text.find(ends);
    BOOST_REQUIRE(from != std::string::npos);
    BOOST_REQUIRE(to != std::string::npos);
    const auto table_at = from + begins.size();
    if (std::getenv("FERRY_WRITE_DOCUMENTS") != nullptr) {
        std::ofstream(path) << text.substr(0, table_at) << made() << text.substr(to);
    }
    const auto now = read(path);
    BOOST_TEST(now.substr(table_at, now.find(ends) - table_at) == made());
}

BOOST_AUTO_TEST_CASE(every_operation_has_a_name_and_a_path_of_its_own) {
    for (const auto& one : operations()) {
        for (const auto& other : operations()) {
            if (&one == &other) continue;
            BOOST_TEST((one.name != other.name));
            BOOST_TEST((one.method != other.method || one.path != other.path));
        }
        BOOST_TEST((index_of(one) < operations_max));
    }
}

BOOST_AUTO_TEST_CASE(an_id_in_a_path_is_one_segment_of_plain_characters) {
    const operation* content = nullptr;
    for (const auto& one : operations()) {
        if (one.answer == answer_kind::file) content = &one;
    }
    BOOST_REQUIRE(content != nullptr);
    const auto end = content->path.substr(content->path.rfind('/'));
    const auto path = [&](std::string_view id) {
        return std::string(content->path.substr(0, content->path.find('{'))).append(id).append(end);
    };
    BOOST_TEST((id_in_path(*content, path("file-a_B.9:~")) == "file-a_B.9:~"));
    for (const auto* odd : {"", ".", "..", "a/b", "a%2Fb", "a b", "a?", "a;b", "a\\b", "{id}"}) {
        BOOST_TEST_CONTEXT(odd) BOOST_TEST((!id_in_path(*content, path(odd))));
    }
    BOOST_TEST((!id_in_path(*content, path(std::string(257, 'a')))));
    BOOST_TEST((!id_in_path(*content, path("a") + "/")));
}
