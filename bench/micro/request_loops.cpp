#include <memory>

#include "catalog/builder.hpp"
#include "inner_loop.hpp"
#include "net/http_reader.hpp"
#include "openai/chat_scanner.hpp"
#include "relay/request/plan.hpp"
#include "samples.hpp"

namespace ferry::micro {

namespace {

using net::http_reader;

constexpr std::size_t header_limit = 32768;

// A request as it stands when it is about to be asked: read, scanned, its row chosen.
struct asked_request {
    explicit asked_request(std::size_t text_bytes, bool is_stream) : body(chat_body(text_bytes, is_stream)) {
        openai::chat_scanner scanner;
        const auto failed = scanner.feed(body);
        auto read = scanner.finish();
        if (failed || !read) not_as_meant("a chat body is refused");
        scanned = *std::move(read);
        const auto done = head.read_head(request_head);
        if (!done || *done != http_reader::progress::done) not_as_meant("a head is refused");
        store::model_row row;
        row.id = 1;
        row.model_name = "demo";
        row.provider = "other";
        row.upstream_model = "gpt-4o-2024-08-06";
        row.api_endpoint = "http://127.0.0.1:9000/v1/chat/completions";
        row.api_key = "sk-0123456789abcdefghijklmnopqrstuvwxyz";
        store::catalog_rows rows;
        rows.version = 1;
        rows.models = {row};
        built = catalog::build_catalog(rows, catalog::read_secret);
        if (!built.refused.empty()) not_as_meant("a row is refused");
        to = built.models->rows()[0];
    }
    asked_request(const asked_request&) = delete;
    asked_request& operator=(const asked_request&) = delete;

    std::string body;
    openai::chat_request scanned;
    http_reader head{http_reader::kind::request, header_limit};
    catalog::built_catalog built;
    const catalog::candidate* to = nullptr;
};

void add_heads(std::vector<inner_loop>& to) {
    const auto add = [&to](std::string name, http_reader::kind kind, std::string_view head) {
        auto reader = std::make_shared<http_reader>(kind, header_limit);
        to.push_back({std::move(name), "head", [reader, head](std::size_t times) {
                          for (; times > 0; --times) {
                              reader->reset();
                              auto done = reader->read_head(head);
                              if (!done) not_as_meant("a head is refused");
                              consume(*reader);
                          }
                      }});
    };
    add("head of a request, read", http_reader::kind::request, request_head);
    add("head of an answer, read", http_reader::kind::response, answer_head);
}

void add_scan(std::vector<inner_loop>& to, std::string name, std::size_t text_bytes) {
    const auto body = chat_body(text_bytes, true);
    to.push_back({std::move(name), "body", [body](std::size_t times) {
                      for (; times > 0; --times) {
                          openai::chat_scanner scanner;
                          if (scanner.feed(body)) not_as_meant("a chat body is refused");
                          auto read = scanner.finish();
                          consume(read);
                      }
                  }});
}

void add_plan(std::vector<inner_loop>& to, std::string name, bool is_stream) {
    auto asked = std::make_shared<asked_request>(400, is_stream);
    to.push_back({std::move(name), "try", [asked](std::size_t times) {
                      const auto& chat = openai::chat_completions();
                      for (; times > 0; --times) {
                          relay::request_plan made(
                              {chat, chat.path, asked->scanned, nullptr, asked->body, asked->head.head()}, *asked->to);
                          auto size = made.size();
                          consume(size);
                          consume(made);
                      }
                  }});
}

void add_splice(std::vector<inner_loop>& to) {
    auto asked = std::make_shared<asked_request>(400, true);
    to.push_back({"body, 3 edits and gathered (splice)", "body", [asked](std::size_t times) {
                      const auto& model = asked->scanned.where(openai::member::model);
                      for (; times > 0; --times) {
                          openai::edit_list edits(asked->scanned.object);
                          edits.replace_lent(model->value, "\"gpt-4o-2024-08-06\"");
                          edits.remove_member(asked->scanned.where(openai::member::max_tokens)->whole);
                          openai::ask_for_usage(asked->scanned, edits);
                          auto pieces = edits.gather(asked->body);
                          consume(pieces);
                      }
                  }});
}

}  // namespace

void add_request_loops(std::vector<inner_loop>& to) {
    add_heads(to);
    add_scan(to, "chat body of 0.5 KiB, scanned", 300);
    add_scan(to, "chat body of 17 KiB, scanned", 16 << 10);
    add_splice(to);
    add_plan(to, "plan of a try: head and body", false);
    add_plan(to, "plan of a try, a stream", true);
}

}  // namespace ferry::micro
