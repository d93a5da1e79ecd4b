#pragma once

#include <string_view>

namespace ferry::bench {

struct answer;
struct answer_request;

// In what the ledger counts what an operation served.
enum class unit { tokens, images, seconds, characters, bytes, searches, requests };

std::string_view unit_name(unit u);

// One row of the table of what the mock serves.
struct operation_row {
    std::string_view method;
    std::string_view path;  // how the path ends; {} stands for an id
    std::string_view name;  // as OpenAI spells the path, with dots; <noun>.<verb> where the verb is the method
    unit counted_in;
    void (*serve)(answer& made, const answer_request& to);  // sets body, status, tokens and units
};

// What a request asks for. Views into the request.
struct operation {
    const operation_row* row = nullptr;  // null: nothing is served at this path
    bool is_other_method = false;        // it is, but not by this method; `row` is that of another one
    std::string_view id, second_id;      // what stands for the {} in the path, from the left

    std::string_view name() const { return row && !is_other_method ? row->name : std::string_view(); }
};

operation find_operation(std::string_view method, std::string_view path);

}  // namespace ferry::bench
