// SPDX-License-Identifier: MIT
/// @file
/// Hears every operation on files that the library or SQLite makes below a folder.
#include "recorder.hpp"

#include <stdexcept>

namespace torture {

using kind = disk_event::kind;
using call = hf::system_call::kind;

recorder* recorder::only = nullptr;

namespace {

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

} // namespace

recorder::recorder() : real_(sqlite3_vfs_find(nullptr)), vfs_() {
    if (real_ == nullptr) throw std::runtime_error("SQLite has no file system");
    vfs_ = *real_;
    vfs_.zName = "recorder";
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    only = this;
    if (sqlite3_vfs_register(&vfs_, 1) != SQLITE_OK) throw std::runtime_error("SQLite takes no other file system");
    hf::system_call::observing = this;
    hf::system_call::injected = this;
}
recorder::~recorder() {
    hf::system_call::observing = nullptr;
    hf::system_call::injected = nullptr;
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_, 1);
    only = nullptr;
}

void recorder::start(std::string folder, dice from) {
    dice_ = from;
    folder_ = std::move(folder) + "/";
}
recording recorder::stop() {
    folder_.clear();
    const hf::mutex_lock hold(guard_);
    recording done = std::move(events_);
    events_.clear();
    return done;
}
void recorder::note(kind what, std::uint64_t number) {
    if (!folder_.empty()) (void)add({.what = what, .at = number});
}

bool recorder::records(std::string_view path) const noexcept {
    return !folder_.empty() && (path.starts_with(folder_) || folder_ == std::string(path) + "/");
}
std::string recorder::shortened(std::string_view path) const {
    return path.size() < folder_.size() ? std::string() : std::string(path.substr(folder_.size()));
}
std::uint64_t recorder::add(disk_event one) {
    const hf::mutex_lock hold(guard_);
    events_.push_back(std::move(one));
    return events_.size();
}
std::uint64_t recorder::recorded() const {
    const hf::mutex_lock hold(guard_);
    return events_.size();
}

bool recorder::fails(const std::string& shortened) {
    const hf::mutex_lock hold(guard_);
    if (failing_one_in_ == 0 || !dice_.one_in(failing_one_in_)) return false;
    events_.push_back({.what = kind::failed_sync, .path = shortened, .at = events_.size()});
    return true;
}

// --- the library ----------------------------------------------------------------------------------------------------

std::uint64_t recorder::begins(const hf::system_call::change& one) noexcept {
    if (!records(one.path)) return 0;
    disk_event made{.path = shortened(one.path)};
    switch (one.what) {
    case call::sync: return recorded();
    case call::open:
        if ((one.flags & O_CREAT) != 0) (void)add({.what = kind::create, .path = made.path});
        if ((one.flags & O_TRUNC) != 0) (void)add({.what = kind::truncate, .path = made.path});
        return 0;
    case call::write:
        made.what = kind::write;
        made.at = one.at;
        for (const iovec& piece : one.pieces)
            made.bytes.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
        break;
    case call::allocate:
        made.what = kind::allocate;
        made.at = one.bytes;
        break;
    case call::rename:
        made.what = kind::rename;
        made.to = shortened(*one.to);
        break;
    case call::remove: made.what = kind::remove; break;
    case call::make_folder: made.what = kind::make_folder; break;
    case call::map: made.what = kind::map; break;
    default: return 0; // what only looks
    }
    return add(std::move(made));
}
void recorder::made(const hf::system_call::change& one, std::uint64_t begun, bool worked) noexcept {
    if (one.what != call::sync || !worked || !records(one.path)) return;
    (void)add({.what = one.folder ? kind::sync_folder : kind::sync, .path = shortened(one.path), .at = begun});
}
int recorder::before(call what, const std::string& path) noexcept {
    const bool of_log = what == call::sync && records(path) && path.find(".log/") != std::string::npos;
    return of_log && fails(shortened(path)) ? EIO : 0;
}
const char* recorder::in_place_of(const std::string& path) noexcept {
    return path == "/proc/sys/kernel/random/boot_id" && !boot_file_.empty() ? boot_file_.c_str() : nullptr;
}

// --- SQLite ---------------------------------------------------------------------------------------------------------

recorder::watched& recorder::of(sqlite3_file* file) {
    const hf::mutex_lock hold(guard_);
    return files_.at(file);
}

int recorder::open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
    const bool seen = path != nullptr && only->records(path) && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0;
    if (seen && (flags & SQLITE_OPEN_CREATE) != 0)
        (void)only->add({.what = kind::create, .path = only->shortened(path)});
    const int code = only->real_->xOpen(only->real_, path, file, flags, out);
    if (code != SQLITE_OK || !seen) return code;
    constexpr int journals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    const bool sync_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & journals) != 0; // as os_unix.c has it
    const hf::mutex_lock hold(only->guard_);
    watched& made = only->files_[file];
    made = {only->shortened(path), sync_folder, file->pMethods, *file->pMethods};
    made.methods.xClose = close;
    made.methods.xWrite = write;
    made.methods.xTruncate = truncate;
    made.methods.xSync = sync;
    file->pMethods = &made.methods;
    return code;
}
int recorder::close(sqlite3_file* file) {
    const int code = only->of(file).real->xClose(file);
    const hf::mutex_lock hold(only->guard_);
    only->files_.erase(file);
    return code;
}
int recorder::remove(sqlite3_vfs*, const char* path, int sync) {
    const bool seen = only->records(path);
    const std::uint64_t begun =
        seen ? only->add({.what = kind::remove, .path = only->shortened(path)}) : std::uint64_t{0};
    const int code = only->real_->xDelete(only->real_, path, sync);
    if (seen && code == SQLITE_OK && sync != 0)
        (void)only->add({.what = kind::sync_folder, .path = folder_of(only->shortened(path)), .at = begun});
    return code;
}
int recorder::write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
    const watched& is = only->of(file);
    if (!only->folder_.empty())
        (void)only->add({.what = kind::write,
                         .path = is.path,
                         .at = static_cast<std::uint64_t>(at),
                         .bytes = std::string(static_cast<const char*>(from), static_cast<std::size_t>(bytes))});
    return is.real->xWrite(file, from, bytes, at);
}
int recorder::truncate(sqlite3_file* file, sqlite3_int64 bytes) {
    const watched& is = only->of(file);
    if (!only->folder_.empty())
        (void)only->add({.what = kind::truncate, .path = is.path, .at = static_cast<std::uint64_t>(bytes)});
    return is.real->xTruncate(file, bytes);
}
int recorder::sync(sqlite3_file* file, int flags) {
    watched& is = only->of(file);
    if (!only->folder_.empty() && only->fails(is.path)) return SQLITE_IOERR_FSYNC;
    const std::uint64_t begun = only->recorded();
    const int code = is.real->xSync(file, flags);
    if (code != SQLITE_OK || only->folder_.empty()) return code;
    const std::uint64_t between = only->add({.what = kind::sync, .path = is.path, .at = begun});
    if (is.sync_folder) (void)only->add({.what = kind::sync_folder, .path = folder_of(is.path), .at = between});
    is.sync_folder = false;
    return code;
}

} // namespace torture
