package screen

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/tui/theme"
)

// Whatever the room is, each column that is shown has its number and what tells its name apart.
func TestColumnsAreNamedReadably(t *testing.T) {
	names := []string{"payments-production", "payments-staging", "kube-system", "shop", "observability-eu-central-1", "cert-manager", "a", "payments-production-batch", "tools", "outside the cluster"}
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		for _, cell := range []int{cellLeast, 10, cellMost} {
			g := grid{spaces: spaces{names: names}, canvas: Canvas{Width: size[0], Height: size[1]}, width: 24, cell: cell}
			for i := range names {
				g.order = append(g.order, i)
			}
			g.last = min(len(names), (size[0]-g.width-4)/cell)
			lines := g.heads()
			most := min(mostHeads, g.last)
			if size[1] < lowTerminal {
				most = 2
			}
			require.LessOrEqual(t, len(lines), most)
			all := strings.Join(lines, "\n")
			for at := range g.last {
				start := 2 + g.width + at*cell + 2
				said := slices.ContainsFunc(lines, func(line string) bool {
					r := []rune(line)
					return len(r) > start && strings.HasPrefix(string(r[start:]), fmt.Sprint(at+1)+" "+names[at][:min(len(names[at]), (cell-5)/2+1)])
				})
				assert.True(t, said, "%v, %d: column %d of\n%s", size, cell, at+1, all)
			}
			for _, line := range lines {
				assert.LessOrEqual(t, theme.Width(line), size[0])
			}
		}
	}
}
