// Package vault keeps everything of one entity's assessments in one encrypted
// file: what was collected, how it was judged, what people answered, and who
// signed for it.
//
// # The file
//
// NAME.vault, the base, is an ordinary age file that holds an ordinary SQLite
// database (4 KiB pages, header in WAL mode). NAME.vault-wal, the log, is a tar file
// of sealed members, one for each save since, whose plaintexts one after the other
// are SQLite's own write-ahead log. With age, tar and sqlite3 anybody who holds an
// identity reads all of it without this program:
//
//	age -d -i me shop.vault >a.db; sqlite3 'file:a.db?immutable=1' 'select identity from _journal' >jk
//	tar xf shop.vault-wal; for f in g*.age; do age -d -i jk $f; done >a.db-wal; sqlite3 a.db
//
// Pages are opened when they are asked for, so a vault of any size opens at once.
// The payloads of the journal's entries stand there as plain JSON; larger documents
// are zstd frames of at most 256 KiB that unpack one after the other.
//
// # What a save is
//
// Update is all or nothing. When it returns, what SQLite wrote was sealed as one
// member, appended to the log and forced to the disk; after a crash at any moment
// SQLite's recovery finds the state before or after. A last member that is not whole
// was never acknowledged: it is left out and counted (Recovered). A member that does
// not hold with another behind it, one that was taken out or put elsewhere or belongs
// to another vault, is a *TamperError, and nothing is ever cut off. A save that fails leaves vault and log
// as they were; where the outcome on the disk is uncertain, nothing more is written
// until the vault is opened again.
//
// Many small members are folded into one. Compact seals base and log as a new base
// with a fresh key and the next generation's number; a log of an earlier generation
// is what an interrupted compaction leaves, and is not read.
//
// # What a reader may rely on
//
// age authenticates every byte that is read, though not who wrote it. Every body is
// content-addressed: its SHA-256 is computed again whenever it is read, and a
// difference is a *TamperError. Who wrote an entry is told by its signature
// (questionnaires.History.Verify). Verify reads all of it and names what is wrong.
//
// # What the files cannot tell
//
// Both files put back to an earlier copy, or the log cut between two saves, are whole
// again. With WithMemory the last head of each vault and path is kept in the user's
// folder, which is trusted as the host is: a history that lacks it is ErrRolledBack,
// and a last member that does not hold though it was saved is a *TamperError.
//
// # Who may write
//
// A vault opened with an author holds the advisory lock NAME.vault.lock; a second
// writer gets ErrLocked with the holder's name. Without an author, or with
// ReadOnly, a vault takes no lock and writes nothing.
package vault
