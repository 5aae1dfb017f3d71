// Package sqlitevfs lets SQLite keep a database in any two stores of bytes: one
// for the database itself, one for its write-ahead log.
//
// A store is anything that reads and writes at an offset (File). What stands
// behind it, a file, memory or something sealed, is not SQLite's concern and not
// this package's:
//
//	vfs, err := sqlitevfs.Register(database, log)
//	db, err := sql.Open("sqlite", vfs.DSN("_pragma=temp_store(2)"))
//	...
//	db.Close()
//	vfs.Close()
//
// # Several connections
//
// Any number of connections of one process may open a database beside each other:
// one writes while others read the snapshot they began with. The index of the log
// and its locks live in memory, so there is no -shm file; two processes must not
// register the same stores for writing.
//
// # Nothing else is opened
//
// SQLite asks its VFS for journals, for temporary databases and for what it sorts.
// Here it gets the database and the log and is refused everything else, so that
// nothing reaches a disk by a side door. In consequence a database must be in WAL
// mode (a new one is made so after `pragma journal_mode=memory`), and a connection
// must set temp_store to memory, or its large sorts fail. One way out is left to whoever
// writes the SQL: ATTACH takes a URI that names another VFS. Where that is not to be,
// a connection's SQLITE_LIMIT_ATTACHED is set to 0.
//
// # The log is SQLite's own
//
// What is written to the log is what SQLite writes: its recovery replays it, here
// or in any other program. WithoutCheckpoints keeps SQLite from ever moving the log
// into the database, also when the last connection closes; the database then is
// never written.
//
// # Errors
//
// SQLite reports a failing store as a disk I/O error. The cause is kept: Err
// returns it.
package sqlitevfs
