// The query of a list: which part of it is asked for.
#pragma once

#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "store/conversation_store.hpp"

namespace ferry::server {

struct page_query {
    store::page_of page;
    std::string words;  // `q`
};

// Of a request's target. Faults: invalid_parameter, with its name. Parameters of other names are passed over.
result<page_query> read_page_query(std::string_view target, bool is_ascending);

}  // namespace ferry::server
