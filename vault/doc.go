// Package vault keeps everything of one entity's assessments in one encrypted
// file: what was collected, how it was judged, what people answered, and who
// signed for it.
//
// # The file
//
// NAME.vault is an ordinary age file that holds an ordinary SQLite database (4
// KiB pages, header in WAL mode). With age and sqlite3 anybody who holds an
// identity reads it without this program:
//
//	age -d -i me shop.vault >a.db
//	sqlite3 'file:a.db?immutable=1' 'select * from journal'
//
// The payloads of the journal's entries stand there as plain JSON; larger
// documents are zstd frames of at most 256 KiB that unpack one after the other.
//
// # What a save is
//
// Update is all or nothing. When it returns, the whole database was sealed into
// a new file beside the vault, forced to the disk and renamed over it; a crash
// at any moment leaves the old vault or the new one. Pages are sealed as SQLite
// hands them out, so that neither a copy in memory nor plaintext on the disk
// comes to be. A save that fails leaves the file and the open vault as they were;
// where the outcome on the disk is uncertain, nothing more is written until the
// vault is opened again.
//
// # What a reader may rely on
//
// age authenticates every byte of the file, though not who wrote it. Every body is
// content-addressed: its SHA-256 is computed again whenever it is read, and a
// difference is a *TamperError. Who wrote an entry is told by its signature
// (questionnaires.History.Verify). Verify reads all of it and names what is wrong.
//
// # Who may write
//
// A vault opened with an author holds the advisory lock NAME.vault.lock; a second
// writer gets ErrLocked with the holder's name. Without an author, or with
// ReadOnly, a vault takes no lock and writes nothing.
package vault
