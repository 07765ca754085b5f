/// Why the embedded cluster is not there: what happened, and what to do about it.
public enum ClusterError: Error, Sendable, Hashable {
  /// No folder of the search path holds PostgreSQL 15 or later; what was looked at.
  case noServerFound(searched: [String])
  /// The data was made by another major version than any that is installed.
  case versionMismatch(data: Int, installed: [Int])
  /// The folder cannot be made or written.
  case folderNotWritable(path: String, reason: String)
  /// The unprivileged user who must run the server cannot enter a folder above the data.
  case folderClosed(path: String, user: String)
  /// The data belongs to another user, who alone may start it.
  case ownedByAnother(path: String, user: String)
  /// Run as root, and there is no unprivileged user, or no program to become one.
  case cannotDropRoot
  /// The socket's folder exists and is not ours alone.
  case socketFolderTaken(path: String)
  /// Another process has held the cluster's lock for too long.
  case locked(path: String)
  /// PostgreSQL could not make the cluster; what it said.
  case creationFailed(said: String)
  /// PostgreSQL could not start; the end of its log.
  case startFailed(said: String)
  /// The server was asked to stop and did not.
  case stopTimedOut(pid: Int32)

  /// The sentence in Chinese.
  public var zh: String {
    switch self {
    case .noServerFound(let searched):
      "没有找到 PostgreSQL 15 或更高版本（查找过：\(searched.joined(separator: "、"))）。"
        + "请运行 apt-get install postgresql，或用 --database-url 指定已有的数据库"
    case .versionMismatch(let data, let installed):
      "内置数据库由 PostgreSQL \(data) 建立，本机只有 \(ClusterError.list(installed))。"
        + "请运行 apt-get install postgresql-\(data)"
    case .folderNotWritable(let path, let reason):
      "不能写入文件夹 \(path)（\(reason)）。请用 --home 换一个可写的文件夹"
    case .folderClosed(let path, let user):
      "以 root 运行时，数据库由用户 \(user) 运行，但该用户不能进入 \(path)。"
        + "请用 --home /var/lib/canteen，或以普通用户运行"
    case .ownedByAnother(let path, let user):
      "内置数据库 \(path) 属于用户 \(user)。请以该用户运行，或用 --home 换一个文件夹"
    case .cannotDropRoot:
      "PostgreSQL 不能以 root 运行，而本机没有 postgres、nobody 用户或 setpriv、runuser 程序。"
        + "请以普通用户运行"
    case .socketFolderTaken(let path):
      "文件夹 \(path) 已存在，且不归数据库用户独有。请确认后删除它，再运行一次"
    case .locked(let path):
      "另一个程序一直占用内置数据库（\(path)）。请等它结束后再运行一次"
    case .creationFailed(let said): "建立内置数据库失败：\(said)"
    case .startFailed(let said): "启动内置数据库失败：\(said)"
    case .stopTimedOut(let pid): "内置数据库（进程 \(pid)）没有按时停止，请稍后再试"
    }
  }

  /// The sentence in English.
  public var en: String {
    switch self {
    case .noServerFound(let searched):
      "found no PostgreSQL 15 or later (looked in: \(searched.joined(separator: ", "))); "
        + "run apt-get install postgresql, or name a database with --database-url"
    case .versionMismatch(let data, let installed):
      "the embedded database was made by PostgreSQL \(data) and only "
        + "\(ClusterError.list(installed)) is installed; run apt-get install postgresql-\(data)"
    case .folderNotWritable(let path, let reason):
      "cannot write to the folder \(path) (\(reason)); choose another with --home"
    case .folderClosed(let path, let user):
      "as root the database runs as the user \(user), who cannot enter \(path); "
        + "use --home /var/lib/canteen, or run as an ordinary user"
    case .ownedByAnother(let path, let user):
      "the embedded database \(path) belongs to the user \(user); run as that user, "
        + "or choose another folder with --home"
    case .cannotDropRoot:
      "PostgreSQL refuses to run as root, and there is no user postgres or nobody, or no program "
        + "setpriv or runuser; run as an ordinary user"
    case .socketFolderTaken(let path):
      "the folder \(path) exists and is not the database user's own; look at it, remove it, "
        + "and run again"
    case .locked(let path):
      "another process keeps the embedded database (\(path)); run again when it has ended"
    case .creationFailed(let said): "could not make the embedded database: \(said)"
    case .startFailed(let said): "could not start the embedded database: \(said)"
    case .stopTimedOut(let pid):
      "the embedded database (process \(pid)) did not stop in time; try again later"
    }
  }

  private static func list(_ versions: [Int]) -> String {
    versions.isEmpty ? "—" : versions.map { "PostgreSQL \($0)" }.joined(separator: ", ")
  }
}

extension ClusterError: CustomStringConvertible {
  public var description: String { en }
}
