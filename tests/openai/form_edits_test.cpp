#include "openai/form_edits.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "openai/form.hpp"

using namespace ferry;
using namespace ferry::openai;
using namespace ferry::openai::testing;

namespace {

std::string join(const form_edits& edits, std::string_view body) {
    std::string out;
    for (const auto piece : edits.gather(body)) {
        BOOST_TEST(!piece.empty());
        out += piece;
    }
    return out;
}

std::string without(const std::string& body, std::initializer_list<form_field> fields) {
    const auto read = scan_form(body).value();
    form_edits edits;
    for (const auto each : fields) edits.remove(*read.where(each));
    return join(edits, body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(form_edits_suite)

BOOST_AUTO_TEST_CASE(no_edits_leave_the_body_in_one_piece) {
    const auto body = form(part("model", "m"));
    const form_edits edits;
    const auto pieces = edits.gather(body);
    BOOST_TEST(pieces.size() == 1u);
    BOOST_TEST(pieces[0].data() == body.data());
    BOOST_TEST(edits.empty());
}

BOOST_AUTO_TEST_CASE(a_value_is_replaced_and_all_else_stays) {
    const auto with = [](std::string_view model) {
        return form(part("file", "\r\n--\xff", "; filename=\"x\"") + part("model", model) + part("n", "1"));
    };
    const auto body = with("gpt");
    form_edits edits;
    edits.replace_value(*scan_form(body).value().where(form_field::model), "another-model");
    BOOST_TEST(!edits.empty());
    BOOST_TEST(join(edits, body) == with("another-model"));
}

BOOST_AUTO_TEST_CASE(the_length_of_a_part_follows_its_value) {
    const auto with = [](std::string_view model, std::string_view length) {
        return form(part("model", model, "", "Content-Length: " + std::string(length) + " \r\nX: y\r\n") +
                    part("n", "1"));
    };
    const auto body = with("gpt", "3");
    const auto read = scan_form(body).value();
    BOOST_TEST(text_of(body, *read.where(form_field::model)->length) == "3");
    form_edits edits;
    edits.replace_value(*read.where(form_field::model), "another-model");
    BOOST_TEST(join(edits, body) == with("another-model", "13"));
}

BOOST_AUTO_TEST_CASE(removed_parts_leave_nothing_behind) {
    const auto file = part("file", "x", "; filename=\"x\""), id = part("id", "1"), talk = part("conversationId", "2");
    const auto which = form_field::id, other = form_field::conversation_id;
    BOOST_TEST(without(form(id + file), {which}) == form(file));
    BOOST_TEST(without(form(file + id), {which}) == form(file));
    BOOST_TEST(without(form(file + id + file), {which}) == form(file + file));
    BOOST_TEST(without(form(id + talk + file), {other, which}) == form(file));
    BOOST_TEST(without(form(file + talk + id), {which, other}) == form(file));
    BOOST_TEST(without(form(id + file + talk), {which, other}) == form(file));
}

BOOST_AUTO_TEST_CASE(inserted_parts_come_first_in_their_order) {
    const auto body = form(part("id", "1") + part("file", "x"));
    form_edits edits;
    edits.remove(*scan_form(body).value().where(form_field::id));
    edits.insert(form_part("b", "model", "m"));
    edits.insert(form_part("b", "n", "2"));
    BOOST_TEST(join(edits, body) == form(part("model", "m") + part("n", "2") + part("file", "x")));
}

// Every subset of the edits on every order of the parts: what is left scans to what it should.
BOOST_AUTO_TEST_CASE(every_combination_of_edits_leaves_a_valid_form) {
    std::vector<std::string> parts = {part("id", "1"), part("conversationId", "2"), part("model", "m"),
                                      part("file", "\r\n--\r\n", "; filename=\"x\"")};
    std::sort(parts.begin(), parts.end());
    do {
        std::string body;
        for (const auto& each : parts) body += each;
        body = form(body);
        const auto read = scan_form(body).value();
        for (unsigned subset = 0; subset != 16; ++subset) {
            form_edits edits;
            if (subset & 1) edits.remove(*read.where(form_field::id));
            if (subset & 2) edits.remove(*read.where(form_field::conversation_id));
            if (subset & 4) edits.replace_value(*read.where(form_field::model), "another");
            if (subset & 8) edits.insert(form_part("b", "n", "3"));
            const auto edited = scan_form(join(edits, body));
            BOOST_TEST_REQUIRE(edited.has_value());
            BOOST_TEST(edited->id.has_value() == !(subset & 1));
            BOOST_TEST(edited->conversation_id.has_value() == !(subset & 2));
            BOOST_TEST(*edited->model == (subset & 4 ? "another" : "m"));
            BOOST_TEST(edited->n.has_value() == static_cast<bool>(subset & 8));
            BOOST_TEST(edited->file_bytes == read.file_bytes);
        }
    } while (std::next_permutation(parts.begin(), parts.end()));
}

BOOST_AUTO_TEST_CASE(a_body_of_8_mib_is_never_copied) {
    const auto file = part("file", std::string(8u << 20, 'x'), "; filename=\"x\"");
    const auto body = form(part("id", "4") + file + part("model", "gpt"));
    const auto read = scan_form(body).value();
    form_edits edits;
    edits.remove(*read.where(form_field::id));
    edits.replace_value(*read.where(form_field::model), "other");
    std::size_t inside = 0;
    for (const auto piece : edits.gather(body)) {
        if (piece.data() >= body.data() && piece.data() < body.data() + body.size()) inside += piece.size();
    }
    BOOST_TEST(inside == body.size() - part("id", "4").size() - 3);
}

BOOST_AUTO_TEST_SUITE_END()
