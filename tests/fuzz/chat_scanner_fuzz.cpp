// Any bytes: the same answer however they are split, and what is accepted is still accepted after every edit.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "openai/chat_scanner.hpp"
#include "openai/splice.hpp"

using namespace ferry;
using namespace ferry::openai;

namespace {

result<chat_request> scan(std::string_view body, std::size_t piece) {
    chat_scanner scanner;
    for (std::size_t at = 0; at < body.size(); at += piece) {
        if (auto refused = scanner.feed(body.substr(at, piece))) return *refused;
    }
    return scanner.finish();
}

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string body(reinterpret_cast<const char*>(data), size);
    const auto whole = scan(body, size + 1);
    for (const std::size_t piece : {1, 3}) {
        const auto split = scan(body, piece);
        require(split.has_value() == whole.has_value());
        if (!whole)
            require(split.error().message == whole.error().message);
        else
            require(split->members.size() == whole->members.size() && split->object.close == whole->object.close);
    }
    if (!whole) return 0;
    edit_list edits(whole->object);
    for (const auto& member : whole->members) {
        if (member) edits.remove_member(member->whole);
    }
    edits.insert_member("\"new\":1");
    std::string edited;
    for (const auto piece : edits.gather(body)) edited += piece;
    const auto after = scan(edited, edited.size());
    require(after.has_value());
    for (const auto& member : after->members) require(!member || whole->where(member::user));
    return 0;
}
