package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The ladder: who may import whom. A package that is not named here does not
// belong to the house.
var ladder = []struct {
	pkg    string
	may    []string
	reason string
}{
	{"engine", nil, "facts and judgements know nothing of what they are for"},
	{"engine/sheet", nil, "fills any noun from what a person wrote"},
	{"engine/argo", []string{"engine"}, "what a workflow becomes has one reading, for whoever analyses and whoever judges"},
	{"engine/network", []string{"engine", "engine/argo"}, "an analysis of documents"},
	{"engine/rbac", []string{"engine", "engine/argo"}, "an analysis of documents"},
	{"engine/redaction", []string{"engine"}, "one place knows what a secret and a card number look like"},
	{"engine/findings", []string{"engine"}, "what another tool found has one form, for whoever reads files and whoever judges"},
	{"engine/contents", []string{"engine", "engine/redaction"}, "one place reads what people hand over, and keeps none of it"},
	{"engine/checks", []string{"engine", "engine/argo", "engine/findings", "engine/network", "engine/rbac", "engine/redaction", "engine/sheet"}, "checks judge by the analyses"},
	{"engine/policy", []string{"engine", "engine/network", "engine/rbac", "engine/redaction", "engine/sheet"}, "checks of the organisation's own judge as ours do"},
	{"engine/aws", []string{"engine"}, "a collector, as engine/kube"},
	{"engine/gcp", []string{"engine"}, "a collector, as engine/kube"},
	{"engine/azure", []string{"engine"}, "a collector, as engine/kube"},
	{"engine/imports", []string{"engine", "engine/findings", "engine/redaction"}, "what others found is evidence, and meets the engine alone"},
	{"engine/kube", []string{"engine", "engine/redaction"}, "a collector gives the engine its facts, and asks nobody what they mean"},
	{"engine/kube/planetest", nil, "starts API servers for tests, and knows nothing of what is tested"},
	{"questionnaires", []string{"engine", "engine/redaction"}, "answers rest on evidence, and hold no card number"},
	{"questionnaires/pci", []string{"questionnaires", "engine/sheet"}, "a catalogue is data in questionnaires' nouns"},
	{"questionnaires/licensed", []string{"questionnaires"}, "the standard's own text stands beside our words, never in them"},
	{"questionnaires/inventory", []string{"questionnaires"}, "reads the lists that samples are drawn from"},
	{"questionnaires/custom", []string{"questionnaires", "engine/sheet"}, "an organisation's own questionnaires are sheets, and become what a vault keeps"},
	{"vault/sqlitevfs", nil, "a database over any store of bytes; could be a module of its own"},
	{"vault/testdata/age-plugin-test", nil, "a program of its own, which tests run as a plugin of age"},
	{"vault", []string{"engine", "engine/contents", "questionnaires", "questionnaires/inventory", "vault/sqlitevfs"}, "keeps what they define; knows no screen and no paper"},
	{"reports", []string{"engine", "engine/network", "questionnaires"}, "composes what they define, and draws the network; a vault is any source of it"},
	{"reports/pdf", []string{"reports"}, "draws blocks, whatever they say"},
	{"reports/sign", nil, "signs any PDF"},
	{"reports/smartcard", nil, "opens a token's key; what it signs is not its concern"},
	{"reports/timestamp", nil, "carries bytes to an authority and back, and knows not what they say"},
	{"reports/timestamp/authoritytest", nil, "answers tests as an authority does, and shares no code with what it tests"},
	{"reports/export", []string{"engine", "questionnaires", "reports"}, "other forms of a dossier"},
	{"reports/notify", []string{"engine", "questionnaires", "reports"}, "news of a dossier"},
	{"reports/bundle", []string{"engine", "questionnaires", "reports", "reports/sign"}, "a report and what it rests on, for who has no vault"},
	{"reports/comparison", []string{"engine", "questionnaires", "reports", "reports/pdf", "reports/sign"}, "a signed report beside the vault that it is of"},
	{"reports/printer", []string{"engine", "questionnaires", "reports", "reports/bundle", "reports/export", "reports/pdf", "reports/sign"}, "the one way to a report"},
	{"tui", []string{"tui/screen", "tui/list", "tui/theme"}, "a router knows no business noun"},
	{"tui/theme", nil, "tokens and styles"},
	{"tui/list", []string{"tui/theme"}, "the one list, of anything"},
	{"tui/screen", []string{"engine", "engine/network", "questionnaires", "questionnaires/licensed", "reports", "vault", "tui/list", "tui/theme"}, "a screen shows what the rooms below say"},
	{"tui/tuitest", nil, "drives any model"},
	{"testdata/merchant", []string{"engine", "questionnaires", "engine/sheet"}, "the fictional merchant speaks in their nouns"},
	{"testdata/figures", nil, "tests write what they measured; it knows not of what"},
	{"cmd/tickmark", []string{
		"engine", "engine/checks", "engine/imports", "engine/kube", "engine/network", "engine/rbac", "engine/policy", "engine/redaction", "engine/sheet", "questionnaires", "questionnaires/custom",
		"questionnaires/inventory", "questionnaires/licensed", "questionnaires/pci",
		"vault", "reports", "reports/bundle", "reports/comparison", "reports/export", "reports/pdf", "reports/smartcard", "reports/sign", "reports/timestamp",
		"reports/printer", "tui", "tui/screen", "tui/theme", "testdata/merchant",
	}, "the door wires everything"},
}

// Heavy dependencies, and who alone holds each.
var heavy = []struct {
	module  string
	holders []string
	reason  string
}{
	{"k8s.io/pod-security-admission", []string{"engine/checks"}, "the standard's own evaluator"},
	{"github.com/google/cel-go", []string{"engine/policy"}, "one room compiles what organisations write"},
	{"k8s.io/apiserver", []string{"engine/policy"}, "CEL as admission policies know it; of the server nothing else"},
	{"k8s.io/client-go", []string{"engine/kube", "engine/kube/planetest"}, "only the collector meets a server"},
	{"sigs.k8s.io/controller-runtime", []string{"engine/kube/planetest"}, "test code only"},
	{"modernc.org/sqlite", []string{"vault", "vault/sqlitevfs"}, "one room writes the database; below it, the door SQLite goes through to its bytes"},
	{"filippo.io/age", []string{"vault", "cmd/tickmark", "vault/testdata/age-plugin-test"}, "one room seals; the door hands it identities and recipients"},
	{"github.com/go-pdf/fpdf", []string{"reports/pdf"}, "one room draws"},
	{"github.com/ThalesGroup/crypto11", []string{"reports/smartcard"}, "needs C: one room, behind a build tag"},
	{"software.sslmate.com/src/go-pkcs12", []string{"reports/sign"}, "one room reads signing keys"},
	{"github.com/xuri/excelize/v2", []string{"reports/export"}, "one room writes sheets"},
	{"github.com/charmbracelet/bubbletea", []string{"tui", "tui/screen", "tui/list", "tui/tuitest"}, "only the desk has a loop"},
	{"github.com/charmbracelet/bubbles", []string{"tui/screen"}, "fields belong to screens"},
	{"github.com/charmbracelet/lipgloss", []string{"tui/theme", "cmd/tickmark"}, "styles are tokens; the door tells the theme the terminal's colours"},
	{"github.com/spf13/cobra", []string{"cmd/tickmark"}, "only the door has verbs"},
	{"net/http", []string{"engine/kube", "engine/kube/planetest", "reports/timestamp", "reports/timestamp/authoritytest"}, "nothing else speaks to the network: the collector, and where a person names a time-stamp authority"},
	{"os/exec", []string{"engine/kube/planetest", "cmd/tickmark"}, "the program runs no other program but the person's editor"},
}

// Limits of what one reads at a time. An exception carries its reason.
const (
	maxFile, maxScreen = 500, 300
	maxFunction        = 80
	maxFields          = 15
)

// parsed is one Go file of the house.
type parsed struct {
	path string // from the root, with slashes
	pkg  string
	test bool
	set  *token.FileSet
	file *ast.File
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(dir, "go.mod"))
	return dir
}

// sources parses every Go file of the house; nested modules are houses of their own.
func sources(t *testing.T) []parsed {
	t.Helper()
	dir := root(t)
	var all []parsed
	err := filepath.WalkDir(dir, func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if _, err := os.Stat(filepath.Join(p, "go.mod")); (err == nil && rel != ".") || (rel != "." && strings.HasPrefix(entry.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(p) != ".go" {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		all = append(all, parsed{path: rel, pkg: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go"), set: set, file: file})
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, len(all), 50)
	return all
}

func TestTheLadder(t *testing.T) {
	rungs := map[string][]string{}
	for _, rung := range ladder {
		rungs[rung.pkg] = rung.may
		assert.NotEmpty(t, rung.reason, rung.pkg)
	}
	seen := map[string]bool{}
	for _, s := range sources(t) {
		seen[s.pkg] = true
		may, known := rungs[s.pkg]
		assert.True(t, known, "%s: the package %s is not in the ladder", s.path, s.pkg)
		if s.test {
			continue
		}
		for _, spec := range s.file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			if below, ours := strings.CutPrefix(name, "tickmark/"); ours {
				assert.Contains(t, may, below, "%s imports %s, which stands on another rung", s.path, below)
			}
		}
	}
	for pkg := range rungs {
		assert.True(t, seen[pkg], "the ladder names %s, which is not there", pkg)
	}
}

func TestHeavyDependenciesHaveOneHolder(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, spec := range s.file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			for _, h := range heavy {
				if name == h.module || strings.HasPrefix(name, h.module+"/") {
					assert.Contains(t, h.holders, s.pkg, "%s imports %s: %s", s.path, name, h.reason)
				}
			}
		}
	}
}

func TestTailsStayShort(t *testing.T) {
	for _, s := range sources(t) {
		lines := s.set.File(s.file.Pos()).LineCount()
		limit := maxFile
		if s.pkg == "tui/screen" && !s.test {
			limit = maxScreen
		}
		assert.LessOrEqual(t, lines, limit, "%s: is it one room?", s.path)
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				length := s.set.Position(n.End()).Line - s.set.Position(n.Pos()).Line + 1
				assert.LessOrEqual(t, length, maxFunction, "%s: %s", s.path, n.Name.Name)
			case *ast.StructType:
				assert.LessOrEqual(t, n.Fields.NumFields(), maxFields, "%s:%d: a struct that knows too much", s.path, s.set.Position(n.Pos()).Line)
			}
			return true
		})
		assert.LessOrEqual(t, strings.Count(s.pkg, "/"), 2, "%s: two levels below the top are enough", s.pkg)
	}
}

func TestPackagesSayWhatTheyAre(t *testing.T) {
	forbidden := []string{"common", "utils", "util", "helpers", "types", "models", "core", "manager"}
	comments := map[string]string{}
	for _, s := range sources(t) {
		assert.NotContains(t, forbidden, path.Base(s.pkg), "a name that says nothing")
		if _, known := comments[s.pkg]; !known {
			comments[s.pkg] = ""
		}
		if s.file.Doc != nil && !s.test {
			comments[s.pkg] += s.file.Doc.Text()
		}
	}
	for pkg, comment := range comments {
		assert.Greater(t, len(comment), 60, "%s has no package comment", pkg)
	}
}

func TestTheTopLevelIsFixed(t *testing.T) {
	allowed := []string{
		"cmd", "tui", "engine", "vault", "questionnaires", "reports", "testdata", "docs", "go.mod", "go.sum", "Makefile", "README.md", "CHANGELOG.md",
		"bin", "out", ".git", ".gitignore", ".ci", ".cache",
	}
	entries, err := os.ReadDir(root(t))
	require.NoError(t, err)
	for _, entry := range entries {
		assert.True(t, slices.Contains(allowed, entry.Name()), "%s has no place at the top", entry.Name())
	}
}
