package main

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/vault"
)

// office is a folder with a vault of some saves, and its owner's keys elsewhere.
type office struct {
	t           *testing.T
	home, vault string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	home := t.TempDir()
	o := &office{t: t, home: home, vault: filepath.Join(home, "work", "shop.vault")}
	require.NoError(t, os.Mkdir(filepath.Dir(o.vault), 0o700))
	o.found()
	return o
}

// found makes the vault, with some saves.
func (o *office) found() {
	o.t.Helper()
	o.done("new", o.vault, "--questionnaire", "saq-a", "--entity", "Copperline Outfitters")
	for _, requirement := range []string{"2.2.2", "6.3.1", "8.3.1"} {
		_, said := o.run("answer", o.vault, requirement, "--response", "in-place", "--narrative", "Seen.")
		require.NotContains(o.t, said, "error:")
	}
}

// head is the head that the vault's verification prints.
func (o *office) head() string {
	o.t.Helper()
	out, err := o.command("vault", "verify", o.vault).Output()
	require.NoError(o.t, err)
	_, head, found := strings.Cut(string(out), "head ")
	require.True(o.t, found)
	return strings.TrimSpace(head)
}

func (o *office) command(args ...string) *exec.Cmd {
	command := exec.Command("tickmark", args...)
	command.Env = append(os.Environ(), "HOME="+o.home, "XDG_CONFIG_HOME="+filepath.Join(o.home, "config"), "XDG_STATE_HOME="+filepath.Join(o.home, "state"), "TMPDIR="+o.home)
	return command
}

// run returns the exit status and what was printed as an error.
func (o *office) run(args ...string) (status int, said string) {
	o.t.Helper()
	command := o.command(args...)
	var stderr bytes.Buffer
	command.Stdout, command.Stderr = io.Discard, &stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(o.t, err)
	}
	return command.ProcessState.ExitCode(), stderr.String()
}

func (o *office) done(args ...string) {
	o.t.Helper()
	status, said := o.run(args...)
	require.Zero(o.t, status, "%s: %s", args, said)
}

// files is every file of the vault's folder with its bytes; what is no regular file
// stands there with its kind.
func (o *office) files() map[string]string {
	o.t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(filepath.Dir(o.vault))
	require.NoError(o.t, err)
	for _, entry := range entries {
		path := filepath.Join(filepath.Dir(o.vault), entry.Name())
		all[entry.Name()] = entry.Type().String()
		if entry.Type().IsRegular() {
			content, err := os.ReadFile(path)
			require.NoError(o.t, err)
			all[entry.Name()] = string(content)
		}
	}
	return all
}

// restore puts the folder's files back for another test.
func (o *office) restore(t *testing.T, files map[string]string) {
	o.t = t
	require.NoError(t, os.RemoveAll(filepath.Dir(o.vault)))
	require.NoError(t, os.Mkdir(filepath.Dir(o.vault), 0o700))
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(o.vault), name), []byte(content), 0o600))
	}
}

// write puts bytes in the place of the vault or of its log.
func (o *office) write(suffix string, content []byte) {
	o.t.Helper()
	require.NoError(o.t, os.RemoveAll(o.vault+suffix))
	require.NoError(o.t, os.WriteFile(o.vault+suffix, content, 0o600))
}

func (o *office) read(suffix string) []byte {
	o.t.Helper()
	content, err := os.ReadFile(o.vault + suffix)
	require.NoError(o.t, err)
	return content
}

// seal puts a database in the place of the vault, sealed to its owner.
func (o *office) seal(content []byte) {
	o.t.Helper()
	keys, err := os.ReadFile(filepath.Join(o.home, "config", "tickmark", identityFile))
	require.NoError(o.t, err)
	recipients, err := recipientsOf(keys)
	require.NoError(o.t, err)
	to, err := vault.ParseRecipient(recipients[0])
	require.NoError(o.t, err)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	require.NoError(o.t, err)
	_, err = w.Write(content)
	require.NoError(o.t, err)
	require.NoError(o.t, w.Close())
	o.write("", sealed.Bytes())
	require.NoError(o.t, os.RemoveAll(o.vault+"-wal"))
}

// refuses wants verbs, by default one of each kind, to end with a status and one
// clear line, and nothing in the folder to be touched.
func (o *office) refuses(status int, says string, verbs ...[]string) {
	o.t.Helper()
	if len(verbs) == 0 {
		verbs = [][]string{
			{"status", o.vault},
			{"vault", "verify", o.vault},
			{"answer", o.vault, "2.2.2", "--response", "not-applicable", "--narrative", "Over it."},
		}
	}
	before := o.files()
	for _, args := range verbs {
		got, said := o.run(args...)
		assert.Equal(o.t, status, got, "%s: %s", args, said)
		lines := strings.Split(strings.TrimSpace(said), "\n")
		assert.True(o.t, strings.HasPrefix(lines[0], "error: "), said)
		assert.True(o.t, len(lines) == 1 || len(lines) == 2 && strings.HasPrefix(lines[1], "hint: "), "one line and perhaps a hint: %s", said)
		assert.Contains(o.t, lines[0], says, "%s", args)
		assert.NotContains(o.t, said, "AGE-SECRET-KEY")
		assert.True(o.t, maps.Equal(before, o.files()), "%s changed something", args)
	}
}

// members are where the members of a log begin, and its end.
func members(t *testing.T, log []byte) (at []int) {
	t.Helper()
	for i := 0; i < len(log); i += 512 {
		if bytes.HasPrefix(log[i:], []byte("g000001-")) {
			at = append(at, i)
		}
	}
	require.GreaterOrEqual(t, len(at), 3)
	return append(at, len(log))
}

// database makes a plain SQLite file in WAL mode and returns its bytes.
func database(t *testing.T, statements string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plain.db")
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.Exec("pragma journal_mode=wal;" + statements)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return content
}

// mine is the application id of a vault's database.
const mine = "pragma application_id=0x54636b6d;"

// TestBadVaults: whatever stands in a vault's place gets one clear line and the right
// status, and stays as it is.
func TestBadVaults(t *testing.T) {
	cases := map[string]spoilt{
		"empty":          {exitTampered, "it is empty", func(o *office) { o.write("", nil) }},
		"cut to a byte":  {exitTampered, "cut short", func(o *office) { o.write("", o.read("")[:1]) }},
		"cut in header":  {exitTampered, "header", func(o *office) { o.write("", o.read("")[:100]) }},
		"cut to header":  {exitTampered, "damaged or tampered with: shop.vault", func(o *office) { o.write("", o.read("")[:200]) }},
		"cut in half":    {exitTampered, "shop.vault, from byte", func(o *office) { o.write("", o.read("")[:len(o.read(""))/2]) }},
		"cut by a byte":  {exitTampered, "shop.vault, from byte", func(o *office) { o.write("", o.read("")[:len(o.read(""))-1]) }},
		"cut at a chunk": {exitTampered, "shop.vault, from byte", func(o *office) { o.write("", o.read("")[:200+65552]) }},
		"one bit changed": {exitTampered, "shop.vault, from byte", func(o *office) {
			content := o.read("")
			content[len(content)-1000] ^= 1
			o.write("", content)
		}},
		"no age file":     {exitError, "it is no age file", func(o *office) { o.write("", []byte("PK\x03\x04 a letter")) }},
		"plain SQLite":    {exitError, "bare SQLite database", func(o *office) { o.write("", database(t, "create table t(a)")) }},
		"age of a letter": {exitError, "holds no SQLite database", func(o *office) { o.seal([]byte("Dear auditor,\n")) }},
		"age of nothing":  {exitError, "holds no SQLite database", func(o *office) { o.seal(nil) }},
		"other tables":    {exitError, "no vault's", func(o *office) { o.seal(database(t, "create table t(a)")) }},
		"tables of another's making": {exitTampered, "damaged or tampered with", func(o *office) {
			o.seal(database(t, mine+"pragma user_version=1; create table t(a)"))
		}},
		"from a newer Tickmark": {exitError, "newer version of Tickmark", func(o *office) {
			o.seal(database(t, mine+"pragma user_version=99; create table t(a)"))
		}},
		"not in WAL mode": {exitError, "not in WAL mode", func(o *office) {
			o.seal(database(t, "create table t(a); pragma journal_mode=delete"))
		}},
		"a folder": {exitError, "no regular file", func(o *office) {
			require.NoError(t, os.Remove(o.vault))
			require.NoError(t, os.Mkdir(o.vault, 0o700))
		}},
		"a link to nowhere": {exitError, "no such file", func(o *office) {
			require.NoError(t, os.Remove(o.vault))
			require.NoError(t, os.Symlink("gone.vault", o.vault))
		}},
		"not there, its log is": {exitError, "no such file", func(o *office) { require.NoError(t, os.Remove(o.vault)) }},
	}
	refusesEach(t, cases)
}

// spoilt is a way to spoil a vault's files, and what opening it says then.
type spoilt struct {
	status int
	says   string
	spoil  func(*office)
}

// refusesEach spoils one vault in each way by itself.
func refusesEach(t *testing.T, cases map[string]spoilt) {
	t.Helper()
	o := newOffice(t)
	whole := o.files()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o.restore(t, whole)
			c.spoil(o)
			o.refuses(c.status, c.says)
		})
	}
}

func TestBadLogs(t *testing.T) {
	other := newOffice(t)
	cases := map[string]spoilt{
		"a member taken out of the middle": {exitTampered, "something was taken out", func(o *office) {
			log := o.read("-wal")
			at := members(o.t, log)
			o.write("-wal", append(bytes.Clone(log[:at[1]]), log[at[2]:]...))
		}},
		"the first member taken out": {exitTampered, "damaged or tampered with: g000001-", func(o *office) {
			log := o.read("-wal")
			o.write("-wal", log[members(o.t, log)[1]:])
		}},
		"two members changed places": {exitTampered, "damaged or tampered with: g000001-", func(o *office) {
			log := o.read("-wal")
			at := members(o.t, log)
			o.write("-wal", bytes.Join([][]byte{log[:at[1]], log[at[2]:at[3]], log[at[1]:at[2]], log[at[3]:]}, nil))
		}},
		"a bit changed in the middle": {exitTampered, "damaged or tampered with: g000001-", func(o *office) {
			log := o.read("-wal")
			log[members(o.t, log)[1]+1000] ^= 1
			o.write("-wal", log)
		}},
		"members of another vault between": {exitTampered, "damaged or tampered with: g000001-", func(o *office) {
			log := o.read("-wal")
			at := members(o.t, log)
			o.write("-wal", bytes.Join([][]byte{log[:at[1]], other.read("-wal"), log[at[1]:]}, nil))
		}},
		"the last members cut off": {exitTampered, "rolled back: what was saved here", func(o *office) {
			log := o.read("-wal")
			o.write("-wal", log[:members(o.t, log)[1]])
		}},
		"the log of another vault": {exitTampered, "sealed to another key than the vault's log", func(o *office) { o.write("-wal", other.read("-wal")) }},
		"no log any more":          {exitTampered, "rolled back: what was saved here", func(o *office) { require.NoError(o.t, os.Remove(o.vault+"-wal")) }},
		"an empty log":             {exitTampered, "rolled back: what was saved here", func(o *office) { o.write("-wal", nil) }},
		"a letter for a log":       {exitTampered, "rolled back: what was saved here", func(o *office) { o.write("-wal", []byte(strings.Repeat("Dear auditor,\n", 1000))) }},
		"a folder for a log": {exitError, "open its log: it is no regular file", func(o *office) {
			require.NoError(o.t, os.Remove(o.vault+"-wal"))
			require.NoError(o.t, os.Mkdir(o.vault+"-wal", 0o700))
		}},
		"a link for a log": {exitError, "open its log: it is a symbolic link", func(o *office) {
			require.NoError(o.t, os.Rename(o.vault+"-wal", filepath.Join(o.home, "elsewhere")))
			require.NoError(o.t, os.Symlink(filepath.Join(o.home, "elsewhere"), o.vault+"-wal"))
		}},
		"a link to nowhere for a log": {exitError, "open its log: it is a symbolic link", func(o *office) {
			require.NoError(o.t, os.Remove(o.vault+"-wal"))
			require.NoError(o.t, os.Symlink("/nowhere", o.vault+"-wal"))
		}},
	}
	refusesEach(t, cases)
}

// TestNewBesideALog: the saves of a vault that was moved away are not taken for those
// of a new one, and not written over.
func TestNewBesideALog(t *testing.T) {
	o := newOffice(t)
	require.NoError(t, os.Rename(o.vault, o.vault+".moved"))
	before := o.files()
	status, said := o.run("new", o.vault, "--questionnaire", "saq-a", "--entity", "Another Shop")
	assert.Equal(t, exitError, status)
	assert.Contains(t, said, "shop.vault-wal is there already")
	assert.Equal(t, before, o.files())
}

// TestLinkedVault: a link to a vault is followed, and stays a link.
func TestLinkedVault(t *testing.T) {
	o := newOffice(t)
	link := filepath.Join(o.home, "link.vault")
	require.NoError(t, os.Symlink(o.vault, link))
	o.done("vault", "compact", link)
	o.done("vault", "verify", link)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&fs.ModeSymlink)
	assert.Equal(t, []string{"shop.vault"}, slices.Collect(maps.Keys(o.files())))
	assert.NoFileExists(t, link+"-wal")
}
