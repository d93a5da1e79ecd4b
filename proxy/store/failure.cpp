#include "store/failure.hpp"

#include "store/store_error.hpp"

namespace ferry::store {

void throw_failure(const failure& what, std::string_view doing, std::string_view where, std::string_view details) {
    while (details.ends_with('\n')) details.remove_suffix(1);
    std::string text = "cannot ";
    text.append(doing).append(" in ").append(where).append(": ").append(details).append("; ").append(what.advice);
    switch (what.kind) {
        case failure_kind::refused:
            throw row_refused(text);
        case failure_kind::unavailable:
            throw store_unavailable(text);
        case failure_kind::wrong:
            break;
    }
    throw store_error(text);
}

}  // namespace ferry::store
