#include "openai/event_facts.hpp"

#include "openai/usage_finder.hpp"

namespace ferry::openai {

event_facts inspect_event(std::string_view json) {
    usage_finder finder;
    finder.feed(json);
    return finder.take_facts();
}

}  // namespace ferry::openai
