#pragma once

namespace ferry::relay {

// Another try at the same request, on its way or about to be.
struct rival {
    virtual ~rival() = default;
    // The try that is asked has its first content.
    virtual void is_late() = 0;
};

}  // namespace ferry::relay
