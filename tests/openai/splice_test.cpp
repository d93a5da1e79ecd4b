#include "openai/splice.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "openai/scan.hpp"

using namespace ferry;
using namespace ferry::openai;
using namespace ferry::openai::testing;

namespace {

std::string join(const edit_list& edits, std::string_view body) {
    std::string out;
    for (const auto piece : edits.gather(body)) {
        BOOST_TEST(!piece.empty());
        out += piece;
    }
    return out;
}

std::string without(std::string_view body, std::initializer_list<member> members) {
    const auto request = scan(body).value();
    edit_list edits(request.object);
    for (const auto each : members) edits.remove_member(request.where(each)->whole);
    return join(edits, body);
}

std::string asking_usage(std::string_view body) {
    const auto request = scan(body).value();
    edit_list edits(request.object);
    ask_for_usage(request, edits);
    return join(edits, body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(splice_suite)

BOOST_AUTO_TEST_CASE(no_edits_leave_the_body_in_one_piece) {
    const std::string_view body = R"({"model":"m"})";
    const edit_list edits(scan(body).value().object);
    const auto pieces = edits.gather(body);
    BOOST_TEST(pieces.size() == 1u);
    BOOST_TEST(pieces[0].data() == body.data());
    BOOST_TEST(edits.empty());
}

BOOST_AUTO_TEST_CASE(a_value_is_replaced_and_all_else_stays) {
    const std::string_view body = R"({ "a":1e-7, "model" : "x" ,"z":12345678901234567890})";
    const auto request = scan(body).value();
    edit_list edits(request.object);
    edits.replace(request.where(member::model)->value, quote_json("y\"z"));
    BOOST_TEST(join(edits, body) == R"({ "a":1e-7, "model" : "y\"z" ,"z":12345678901234567890})");
}

BOOST_AUTO_TEST_CASE(a_removed_member_takes_exactly_one_comma) {
    BOOST_TEST(without(R"({"id":1,"a":2})", {member::id}) == R"({"a":2})");
    BOOST_TEST(without(R"({"a":2,"id":1})", {member::id}) == R"({"a":2})");
    BOOST_TEST(without(R"({"a":2,"id":1,"b":3})", {member::id}) == R"({"a":2,"b":3})");
    BOOST_TEST(without(R"({"id":1})", {member::id}) == R"({})");
    BOOST_TEST(without("{ \"id\" : 1 , \"a\":2 }", {member::id}) == "{   \"a\":2 }");
    BOOST_TEST(without("{ \"a\":2 , \"id\" : 1 }", {member::id}) == "{ \"a\":2   }");
}

BOOST_AUTO_TEST_CASE(neighbours_are_removed_together) {
    const auto id = member::id, talk = member::conversation_id, n = member::n;
    BOOST_TEST(without(R"({"id":1,"conversationId":2,"a":3})", {id, talk}) == R"({"a":3})");
    BOOST_TEST(without(R"({"a":3,"id":1,"conversationId":2})", {talk, id}) == R"({"a":3})");
    BOOST_TEST(without(R"({"id":1,"conversationId":2})", {id, talk}) == R"({})");
    BOOST_TEST(without(R"({"id":1,"a":3,"conversationId":2})", {id, talk}) == R"({"a":3})");
    BOOST_TEST(without(R"({"id":1,"n":1,"conversationId":2})", {id, n, talk}) == R"({})");
    BOOST_TEST(without(R"({"b":0,"id":1,"n":1,"conversationId":2})", {id, n, talk}) == R"({"b":0})");
}

BOOST_AUTO_TEST_CASE(members_are_added_at_the_end) {
    const auto with = [](std::string_view body, std::initializer_list<member> removed) {
        const auto request = scan(body).value();
        edit_list edits(request.object);
        for (const auto each : removed) edits.remove_member(request.where(each)->whole);
        edits.insert_member(R"("x":1)");
        edits.insert_member(R"("y":2)");
        return join(edits, body);
    };
    BOOST_TEST(with("{}", {}) == R"({"x":1,"y":2})");
    BOOST_TEST(with("{ }", {}) == R"({ "x":1,"y":2})");
    BOOST_TEST(with(R"({"a":1})", {}) == R"({"a":1,"x":1,"y":2})");
    BOOST_TEST(with(R"({"id":1})", {member::id}) == R"({"x":1,"y":2})");
    BOOST_TEST(with(" {\"a\":1,\"id\":1 } ", {member::id}) == " {\"a\":1 ,\"x\":1,\"y\":2} ");
}

BOOST_AUTO_TEST_CASE(usage_is_asked_for_wherever_stream_options_stand) {
    BOOST_TEST(asking_usage(R"({"stream":true})") == R"({"stream":true,"stream_options":{"include_usage":true}})");
    BOOST_TEST(asking_usage(R"({"stream_options":null})") == R"({"stream_options":{"include_usage":true}})");
    BOOST_TEST(asking_usage(R"({"stream_options":{}})") == R"({"stream_options":{"include_usage":true}})");
    BOOST_TEST(asking_usage(R"({"stream_options":{ "a":1}})") == R"({"stream_options":{"include_usage":true, "a":1}})");
    BOOST_TEST(asking_usage(R"({"stream_options":{"include_usage" : false}})") ==
               R"({"stream_options":{"include_usage" : true}})");
    BOOST_TEST(asking_usage(R"({"stream_options":{"include_usage":null}})") ==
               R"({"stream_options":{"include_usage":true}})");
    BOOST_TEST(asking_usage(R"({"stream_options":{"include_usage":true}})") ==
               R"({"stream_options":{"include_usage":true}})");
}

// Every subset of members removed, with and without an insertion, from every order of the members and two layouts:
// the result parses to what it should, and what stays is the bytes that were there, in order.
BOOST_AUTO_TEST_CASE(every_combination_of_edits_leaves_a_valid_body) {
    std::vector<std::string> members = {R"("id":1)", R"("conversationId":2)", R"("n":3)", R"("a":"x,}\"{")",
                                        R"("b":[1e-7,{}])"};
    std::sort(members.begin(), members.end());
    do {
        for (const std::string_view comma : {",", " ,\n"}) {
            std::string body = "{";
            for (const auto& each : members) body.append(body.size() > 1 ? comma : "").append(each);
            body += " }";
            const auto request = scan(body).value();
            for (unsigned subset = 0; subset != 16; ++subset) {
                edit_list edits(request.object);
                auto expected = boost::json::parse(body).as_object();
                const auto remove = [&](unsigned bit, member which, const char* name) {
                    if (!(subset & bit)) return;
                    edits.remove_member(request.where(which)->whole);
                    expected.erase(name);
                };
                remove(1, member::id, "id");
                remove(2, member::conversation_id, "conversationId");
                remove(4, member::n, "n");
                if (subset & 8) {
                    edits.insert_member(R"("new":0)");
                    expected["new"] = 0;
                }
                const auto out = join(edits, body);
                boost::system::error_code failed;
                const auto parsed = boost::json::parse(out, failed);
                BOOST_TEST_REQUIRE(!failed, out);
                BOOST_TEST_REQUIRE((parsed == boost::json::value(expected)), out);
                BOOST_TEST_REQUIRE(out.find(R"("a":"x,}\"{")") != std::string::npos);
                BOOST_TEST_REQUIRE(out.find(R"("b":[1e-7,{}])") != std::string::npos);
            }
        }
    } while (std::next_permutation(members.begin(), members.end()));
}

BOOST_AUTO_TEST_CASE(a_body_of_8_mib_is_never_copied) {
    const std::string body = R"({"model":"m","a":")" + std::string(8u << 20, 'x') + R"(","id":4})";
    const auto request = scan(body).value();
    edit_list edits(request.object);
    edits.replace(request.where(member::model)->value, "\"other\"");
    edits.remove_member(request.where(member::id)->whole);
    std::size_t inside = 0;
    for (const auto piece : edits.gather(body)) {
        if (piece.data() >= body.data() && piece.data() < body.data() + body.size()) inside += piece.size();
    }
    BOOST_TEST(inside == body.size() - 3 - 7);  // all but the model's value, the id and its comma
}

BOOST_AUTO_TEST_SUITE_END()
