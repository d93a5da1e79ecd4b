#include "app/cli/conversation_export.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "conversation/conversation_json.hpp"

namespace ferry::app {
namespace {

constexpr std::size_t messages_at_once = 50, conversations_at_once = 100;

std::runtime_error vanished() {
    return std::runtime_error("a conversation was deleted while it was being read: ask again");
}

}  // namespace

void for_each_message(store::conversation_store& store, std::int64_t owner, std::int64_t id,
                      const std::function<void(const store::message_row&)>& take) {
    store::page_of page{.most = messages_at_once, .after = std::nullopt, .is_ascending = true};
    for (;;) {
        const auto rows = store.messages(owner, id, page);
        if (!rows) throw vanished();
        for (const auto& row : *rows) take(row);
        if (rows->size() < page.most) return;
        page.after = rows->back().id;
    }
}

output_file::output_file(const std::string& name) : name_(name) {
    if (name == "-") return;
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    file_ = fd < 0 ? nullptr : ::fdopen(fd, "w");
    if (file_ == nullptr) fail();
}

output_file::~output_file() {
    if (file_ != nullptr && file_ != stdout) std::fclose(file_);
}

void output_file::put(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
}

void output_file::finish() {
    if (std::fflush(file_) != 0) fail();
}

void output_file::fail() const {
    const std::string what = name_ == "-" ? "standard output" : name_;
    throw std::runtime_error("cannot write to " + what + ": " + std::strerror(errno));
}

void export_one(store::conversation_store& store, const store::conversation_row& row, output_file& to,
                exported& count) {
    to.put(R"({"conversation":)" + conversation::conversation_json(row) + R"(,"messages":[)");
    bool is_first = true;
    for_each_message(store, row.owner, row.id, [&](const store::message_row& message) {
        to.put((is_first ? "" : ",") + conversation::message_json(message, row.id));
        is_first = false;
        ++count.messages;
    });
    to.put("]}\n");
    ++count.conversations;
}

void export_all(store::conversation_store& store, std::int64_t owner, output_file& to, exported& count) {
    store::page_of page{.most = conversations_at_once, .after = std::nullopt, .is_ascending = true};
    for (;;) {
        const auto rows = store.list(owner, page, "");
        if (!rows) throw vanished();
        for (const auto& row : *rows) export_one(store, row, to, count);
        if (rows->size() < page.most) return;
        page.after = rows->back().id;
    }
}

}  // namespace ferry::app
