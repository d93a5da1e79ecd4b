#include "app/config/restart_keys.hpp"

namespace ferry::app {

std::vector<std::string> keep_until_restart(const settings& running, settings& loaded) {
    std::vector<std::string> kept;
    const auto keep = [&kept](const char* key, const auto& now, auto& wanted) {
        if (now == wanted) return;
        kept.emplace_back(key);
        wanted = now;
    };
    keep("server.listen", running.server.listen, loaded.server.listen);
    keep("server.admin_listen", running.server.admin_listen, loaded.server.admin_listen);
    keep("server.threads", running.server.threads, loaded.server.threads);
    keep("server.unix_socket_mode", running.server.unix_socket_mode, loaded.server.unix_socket_mode);
    keep("server.unix_socket_group", running.server.unix_socket_group, loaded.server.unix_socket_group);
    keep("store.url", running.store.url, loaded.store.url);
    keep("store.auto_migrate", running.store.auto_migrate, loaded.store.auto_migrate);
    keep("store.snapshot_file", running.store.snapshot_file, loaded.store.snapshot_file);
    keep("store.snapshot_max_age", running.store.snapshot_max_age, loaded.store.snapshot_max_age);
    keep("usage.journal_dir", running.usage.journal_dir, loaded.usage.journal_dir);
    keep("usage.journal_max_bytes", running.usage.journal_max_bytes, loaded.usage.journal_max_bytes);
    keep("usage.flush_interval", running.usage.flush_interval, loaded.usage.flush_interval);
    keep("usage.retention", running.usage.retention, loaded.usage.retention);
    keep("usage.sums_retention", running.usage.sums_retention, loaded.usage.sums_retention);
    keep("usage.flush_rows", running.usage.flush_rows, loaded.usage.flush_rows);
    return kept;
}

}  // namespace ferry::app
