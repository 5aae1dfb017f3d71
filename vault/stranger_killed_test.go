package vault

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// keyholder is who may open a vault: how it is sealed to them, the secret that they
// hold, and their age program.
type keyholder struct {
	recipient  age.Recipient
	secret     string
	passphrase bool
	age        string // the program's folder, "" for the installed one
}

func keyholders(t *testing.T) map[string]func(*testing.T) keyholder {
	return map[string]func(*testing.T) keyholder{
		"X25519": func(t *testing.T) keyholder {
			identity, err := age.GenerateX25519Identity()
			require.NoError(t, err)
			return keyholder{recipient: identity.Recipient(), secret: identity.String() + "\n"}
		},
		"SSH key": sshKeyholder,
		"passphrase": func(t *testing.T) keyholder {
			return keyholder{recipient: cheapPassphrase(t, "correct horse battery"), secret: "correct horse battery", passphrase: true}
		},
		"hybrid": func(t *testing.T) keyholder {
			program := buildAge(t)
			identity, err := age.GenerateHybridIdentity()
			require.NoError(t, err)
			return keyholder{recipient: identity.Recipient(), secret: identity.String() + "\n", age: filepath.Dir(program)}
		},
	}
}

func sshKeyholder(t *testing.T) keyholder {
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKey(private, "a stranger's")
	require.NoError(t, err)
	key, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	recipient, err := ParseRecipient(string(ssh.MarshalAuthorizedKey(key)))
	require.NoError(t, err)
	return keyholder{recipient: recipient, secret: string(pem.EncodeToMemory(block))}
}

// buildAge returns age built from its Go module: what systems install may be older
// than its hybrid keys.
func buildAge(t *testing.T) string {
	t.Helper()
	program, err := filepath.Abs(filepath.Join("..", ".cache", "tools", "age"))
	require.NoError(t, err)
	build := exec.Command("go", "build", "-o", program, "filippo.io/age/cmd/age")
	build.Dir = filepath.Join("..", "testdata", "tools")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: age cannot be built from its module, so that nobody else opened a hybrid vault: %v: %s", err, out)
	}
	return program
}

func (k keyholder) identities(t *testing.T) []age.Identity {
	t.Helper()
	if k.passphrase {
		return []age.Identity{cheapPassphrase(t, k.secret)}
	}
	identities, err := ParseIdentities(strings.NewReader(k.secret), nil)
	require.NoError(t, err)
	return identities
}

// TestStrangerRecoversAKilledVault: a program is killed while it saves as fast as it
// can. age, tar and sqlite3 alone then show every save that it had acknowledged, and
// after a compaction age alone is enough.
func TestStrangerRecoversAKilledVault(t *testing.T) {
	if path := os.Getenv("TICKMARK_STRANGER_VAULT"); path != "" {
		k := keyholder{secret: os.Getenv("TICKMARK_STRANGER_SECRET"), passphrase: os.Getenv("TICKMARK_STRANGER_PASSPHRASE") != ""}
		saveForAStranger(t, path, k.identities(t))
		return
	}
	if missing := strangersTools(); missing != "" {
		t.Skipf("SKIPPED: %s is not installed, so that nobody else read the vault", missing)
	}
	for name, holder := range keyholders(t) {
		t.Run(name, func(t *testing.T) {
			k := holder(t)
			path := filepath.Join(t.TempDir(), "shop.vault")
			v, err := Create(t.Context(), path, []age.Recipient{k.recipient}, WithAuthor(signer(t, "Ada Auditor", 1)), ForEntity("Corner Shop"))
			require.NoError(t, err)
			require.NoError(t, v.Close())
			acknowledged := killWhileSaving(t, path, k)

			answers := answersOf(t, k.recover(t, path))
			require.GreaterOrEqual(t, len(answers), acknowledged, "every acknowledged save is there")
			require.LessOrEqual(t, len(answers), acknowledged+1)
			for i, payload := range answers {
				require.Contains(t, payload, fmt.Sprintf(`"narrative":"answer %d"`, i))
			}

			v, err = Open(t.Context(), path, k.identities(t), WithAuthor(signer(t, "Ada Auditor", 1)))
			require.NoError(t, err)
			require.NoError(t, v.Compact(t.Context(), nil))
			require.NoError(t, v.Close())
			assert.NoFileExists(t, logPath(path))
			assert.Equal(t, answers, answersOf(t, k.recover(t, path)))
		})
	}
}

func saveForAStranger(t *testing.T, path string, identities []age.Identity) {
	v, err := Open(context.Background(), path, identities, WithAuthor(signer(t, "Ada Auditor", 1)))
	require.NoError(t, err)
	for i := range 10_000 {
		appendAnswers(t, v, fmt.Sprint("answer ", i))
		fmt.Println("saved", i)
	}
}

// killWhileSaving returns how many saves were acknowledged before the kill.
func killWhileSaving(t *testing.T, path string, k keyholder) (acknowledged int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestStrangerRecoversAKilledVault$")
	child.Env = append(os.Environ(), "TICKMARK_STRANGER_VAULT="+path, "TICKMARK_STRANGER_SECRET="+k.secret)
	if k.passphrase {
		child.Env = append(child.Env, "TICKMARK_STRANGER_PASSPHRASE=yes")
	}
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if number, is := strings.CutPrefix(lines.Text(), "saved "); is {
			last, err := strconv.Atoi(number)
			require.NoError(t, err)
			if acknowledged = last + 1; acknowledged == 40 {
				require.NoError(t, child.Process.Kill())
			}
		}
	}
	require.ErrorContains(t, child.Wait(), "killed")
	require.GreaterOrEqual(t, acknowledged, 40)
	return acknowledged
}

// recover carries out the stranger's commands on copies of the files.
func (k keyholder) recover(t *testing.T, path string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for _, from := range []string{path, logPath(path)} {
		content, err := os.ReadFile(from)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.Base(from)), content, 0o600))
	}
	if k.age != "" {
		t.Setenv("PATH", k.age+string(filepath.ListSeparator)+os.Getenv("PATH"))
	}
	if k.passphrase {
		strangerTypes(t, folder, k.secret)
	} else {
		strangerRecovers(t, folder, k.secret)
	}
	return folder
}

// answersOf reads the payloads of all answers out of a.db with sqlite3 alone.
func answersOf(t *testing.T, folder string) []string {
	t.Helper()
	command := exec.Command("sqlite3", "a.db", "select payload from journal where action = 'answer-given'")
	command.Dir = folder
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// TestStrangerRecoversATornTail: a save that was cut off in its middle takes nothing
// away from those before it.
func TestStrangerRecoversATornTail(t *testing.T) {
	if missing := strangersTools(); missing != "" {
		t.Skipf("SKIPPED: %s is not installed, so that nobody else read the vault", missing)
	}
	d, members := savedDesk(t)
	whole, last := d.log(), members[len(members)-1]
	for name, tail := range torn(whole, last) {
		d.setLog(tail)
		assert.Len(t, answersOf(t, recoverDesk(t, d)), 3, name)
	}
}

// TestStrangerBesideAStaleLog: a crash after a compaction leaves the log of the
// generation before, which no longer opens and is not needed.
func TestStrangerBesideAStaleLog(t *testing.T) {
	if missing := strangersTools(); missing != "" {
		t.Skipf("SKIPPED: %s is not installed, so that nobody else read the vault", missing)
	}
	d, _ := savedDesk(t)
	stale := d.log()
	v := d.open()
	require.NoError(t, v.Compact(t.Context(), nil))
	require.NoError(t, v.Close())
	d.setLog(stale)
	assert.Len(t, answersOf(t, recoverDesk(t, d)), 4)
}

// recoverDesk carries out the stranger's commands on copies of a desk's files.
func recoverDesk(t *testing.T, d *desk) (folder string) {
	t.Helper()
	return keyholder{secret: d.identity.String() + "\n"}.recover(t, d.path)
}

// TestStrangersCommandsArePromised: what is tested is what the documentation says.
func TestStrangersCommandsArePromised(t *testing.T) {
	indented := regexp.MustCompile(`(?m)^(?://\t|    )`)
	for _, path := range []string{"doc.go", "../README.md", "../docs/vault-format.md"} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		commands := strings.ReplaceAll(indented.ReplaceAllString(string(text), ""), "; ", "\n")
		promised := strings.ReplaceAll(opensBase+"\n"+opensLog+"\nsqlite3 a.db\n", "; ", "\n")
		assert.Contains(t, commands, promised, path)
	}
}
