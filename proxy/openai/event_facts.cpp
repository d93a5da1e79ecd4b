#include "openai/event_facts.hpp"

#include "openai/facts_reader.hpp"
#include "openai/json_scanner.hpp"

namespace ferry::openai {

event_facts inspect_event(std::string_view json) {
    facts_reader reader(false);
    json_scanner<facts_reader, false> scanner(reader, json_depth_max);
    const bool is_whole = scanner.feed(json) && scanner.finish();
    auto facts = reader.facts();
    facts.is_object = is_whole && reader.is_object();
    return facts;
}

}  // namespace ferry::openai
