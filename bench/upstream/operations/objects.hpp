// What the operations on stored objects have in common.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "upstream/operations/serving.hpp"

namespace ferry::bench {

// Whose objects a request may see: its Authorization header, or Azure's api-key.
std::string credential_of(const answer_request& to);

void keep_object(answer& made, const answer_request& to, stored_object object);  // and names it in the ledger
object_store::found find_object(const answer_request& to, std::string_view kind, std::string_view id);

// A page of `all` (oldest first) by `limit` (20), `after` and `order` (desc) of the query.
void answer_page(answer& made, const answer_request& to, std::vector<boost::json::object> all);
void answer_deleted(answer& made, std::string_view id, std::string_view object);

}  // namespace ferry::bench
