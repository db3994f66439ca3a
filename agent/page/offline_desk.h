// OfflineDesk: the page's form to keep the store offline for a while, and to end that.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include "agent/page/staff_desk.h"
#include "agent/work_offline.h"

namespace tillkeeper::agent {

class OfflineDesk {
  public:
    explicit OfflineDesk(WorkOffline& offline) : offline_(offline) {}
    void open_at(StaffDesk& desk);

  private:
    void show(const StaffRequest& asked, int status, std::string_view said, HttpServer::Reply reply) const;
    void begin(StaffRequest asked, HttpServer::Reply reply);
    void end(StaffRequest asked, HttpServer::Reply reply);
    [[nodiscard]] WorkOffline::Done answer(StaffRequest asked, HttpServer::Reply reply, std::string done) const;

    WorkOffline& offline_;
};

}  // namespace tillkeeper::agent
