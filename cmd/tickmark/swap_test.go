package main

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const swapsHead = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

// system is a recorded /proc and /sys.
func system(swaps string, files map[string]string) fstest.MapFS {
	root := fstest.MapFS{
		"proc/swaps":          {Data: []byte(swapsHead + swaps)},
		"proc/self/mountinfo": {Data: []byte(recordedMounts)},
	}
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return root
}

const recordedMounts = `22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw,errors=remount-ro
26 22 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:2 - sysfs sysfs rw
31 22 0:31 / /srv rw,relatime shared:3 - btrfs /dev/mapper/luks-srv rw,subvol=/
32 22 8:17 / /mnt/two\040words rw,relatime - ext4 /dev/sdb1 rw
33 22 0:40 / /pool rw - zfs tank/swap rw,xattr
34 22 0:41 / /dev/shm rw,nosuid,nodev - tmpfs tmpfs rw,noswap
35 22 8:33 / /srv/plain rw - xfs /dev/sdc1 rw
`

func TestSwapAreas(t *testing.T) {
	// A laptop as installers make it: LVM on LUKS, and beside it a disk of its own.
	laptop := map[string]string{
		"sys/class/block/dm-0/dm/uuid":                           "CRYPT-LUKS2-0123-luks-abc\n",
		"sys/class/block/dm-0/dm/name":                           "luks-abc\n",
		"sys/class/block/dm-1/dm/uuid":                           "LVM-abcdef\n",
		"sys/class/block/dm-1/dm/name":                           "vg-root\n",
		"sys/class/block/dm-1/slaves/dm-0/dm/uuid":               "CRYPT-LUKS2-0123-luks-abc\n",
		"sys/dev/block/254:1/dm/uuid":                            "LVM-abcdef\n",
		"sys/dev/block/254:1/slaves/dm-0/dm/uuid":                "CRYPT-LUKS2-0123-luks-abc\n",
		"sys/class/block/dm-2/dm/uuid":                           "LVM-ghi\n",
		"sys/class/block/dm-2/dm/name":                           "vg-plain\n",
		"sys/class/block/dm-2/slaves/sda2/partition":             "2\n",
		"sys/class/block/dm-3/dm/uuid":                           "LVM-both\n",
		"sys/class/block/dm-3/slaves/dm-0/dm/uuid":               "CRYPT-LUKS2-0123-luks-abc\n",
		"sys/class/block/dm-3/slaves/sda2/partition":             "2\n",
		"sys/class/block/dm-4/dm/uuid":                           "CRYPT-PLAIN-cryptswap1\n",
		"sys/class/block/dm-4/dm/name":                           "cryptswap1\n",
		"sys/class/block/dm-5/dm/uuid":                           "CRYPT-LUKS2-5-luks-srv\n",
		"sys/class/block/dm-5/dm/name":                           "luks-srv\n",
		"sys/class/block/dm-6/dm/uuid":                           "CRYPT-INTEGRITY-x\n",
		"sys/class/block/dm-6/slaves/sda2/partition":             "2\n",
		"sys/class/block/dm-7/dm/name":                           "made by hand\n",
		"sys/class/block/sda2/partition":                         "2\n",
		"sys/class/block/md0/slaves/sda2/partition":              "2\n",
		"sys/class/block/nvme0n1p3/partition":                    "3\n",
		"sys/class/block/zram0/backing_dev":                      "none\n",
		"sys/class/block/zram1/backing_dev":                      "/dev/sda2\n",
		"sys/class/block/zram2/disksize":                         "1\n",
		"sys/class/block/loop0/loop/backing_file":                "/var/image\n",
		"sys/class/block/loop1/loop/backing_file":                "/mnt/two words/image\n",
		"sys/dev/block/8:17/partition":                           "1\n",
		"sys/dev/block/8:33/partition":                           "1\n",
		"sys/class/block/dm-8/slaves/dm-8/slaves/dm-8/dm/uuid":   "LVM-deep\n",
		"sys/class/block/dm-8/slaves/dm-8/slaves/dm-8/x/dm/uuid": "\n",
	}
	for line, want := range map[string]secrecy{
		"/dev/dm-4                               partition\t8388604\t\t0\t\t-2\n": concealed, // a random key at each start
		"/dev/dm-1  partition 1 0 -2\n":                                           concealed, // LVM on LUKS
		"/dev/mapper/vg-root  partition 1 0 -2\n":                                 concealed,
		"/dev/dm-2  partition 1 0 -2\n":                                           readable, // LVM on a bare disk
		"/dev/mapper/vg-plain  partition 1 0 -2\n":                                readable,
		"/dev/dm-3  partition 1 0 -2\n":                                           readable, // half of it
		"/dev/dm-6  partition 1 0 -2\n":                                           readable, // dm-integrity hides nothing
		"/dev/dm-7  partition 1 0 -2\n":                                           untold,
		"/dev/dm-8  partition 1 0 -2\n":                                           untold,
		"/dev/dm-99  partition 1 0 -2\n":                                          untold,
		"/dev/mapper/absent  partition 1 0 -2\n":                                  untold,
		"/dev/sda2  partition 1 0 -2\n":                                           readable,
		"/dev/nvme0n1p3  partition 1 0 -2\n":                                      readable,
		"/dev/md0  partition 1 0 -2\n":                                            readable,
		"/dev/zram0  partition 1 0 100\n":                                         concealed,
		"/dev/zram1  partition 1 0 100\n":                                         readable, // it writes back to a disk
		"/dev/zram2  partition 1 0 100\n":                                         concealed,
		"/dev/loop0  partition 1 0 100\n":                                         concealed,
		"/dev/loop1  partition 1 0 100\n":                                         readable,
		"/swapfile  file 1 0 -2\n":                                                concealed, // on LVM on LUKS
		"/srv/swap/swapfile  file 1 0 -2\n":                                       concealed, // on btrfs on LUKS
		"/srv/plain/swapfile  file 1 0 -2\n":                                      readable,
		"/srv/plainer  file 1 0 -2\n":                                             concealed,
		"/mnt/two\\040words/swap  file 1 0 -2\n":                                  readable,
		"/pool/swap  file 1 0 -2\n":                                               untold,
		"/swapfile\\040(deleted)  file 1 0 -2\n":                                  concealed,
		"/swapfile  something-new 1 0 -2\n":                                       untold,
		"swapfile  file 1 0 -2\n":                                                 untold,
		"/elsewhere/sda2  partition 1 0 -2\n":                                     untold,
		"/dev/mapper/../sda2  partition 1 0 -2\n":                                 untold,
		"/dev/../../etc/passwd  partition 1 0 -2\n":                               untold,
		"/dev/mapper/made\\040by\\040hand partition\n":                            untold,
	} {
		areas, err := swapAreas(system(line, laptop))
		require.NoError(t, err, line)
		require.Len(t, areas, 1)
		assert.Equal(t, want, areas[0].secrecy, line)
	}
	areas, err := swapAreas(system("/dev/sda2 partition 1 0 -2\n/dev/zram0 partition 1 0 5\n/mnt/two\\040words/swap file 1 0 -3\n", laptop))
	require.NoError(t, err)
	assert.Equal(t, []swapArea{{"/dev/sda2", readable}, {"/dev/zram0", concealed}, {"/mnt/two words/swap", readable}}, areas)
}

func TestNoSwap(t *testing.T) {
	for name, root := range map[string]fs.FS{
		"off":         system("", nil),
		"a container": fstest.MapFS{"proc/swaps": {}},
		"no support":  fstest.MapFS{"proc/self/status": {}},
	} {
		areas, err := swapAreas(root)
		require.NoError(t, err, name)
		assert.Empty(t, swapWarning(areas, err), name)
	}
	_, err := swapAreas(fstest.MapFS{})
	require.Error(t, err, "without /proc nothing is known")
	_, err = swapAreas(system("nonsense\n", nil))
	require.Error(t, err)
}

func TestSwapWarning(t *testing.T) {
	assert.Empty(t, swapWarning([]swapArea{{"/dev/zram0", concealed}}, nil))
	assert.Equal(t, "swap is not encrypted (/dev/sda2, /swap): what an open vault holds may reach the disk",
		swapWarning([]swapArea{{"/dev/sda2", readable}, {"/dev/zram0", concealed}, {"/swap", readable}}, nil))
	assert.Equal(t, "swap is not encrypted (/dev/sda2), and whether swap is encrypted cannot be told (/pool/swap): what an open vault holds may reach the disk",
		swapWarning([]swapArea{{"/dev/sda2", readable}, {"/pool/swap", untold}}, nil))
	assert.Contains(t, swapWarning(nil, errors.New("no")), "cannot be told (no)")
}

func TestDarwinSwap(t *testing.T) {
	usage := make([]byte, 32)
	areas, err := darwinSwap(usage)
	require.NoError(t, err)
	assert.Empty(t, areas)
	usage[3] = 0x40 // 1 GB in all
	areas, err = darwinSwap(usage)
	require.NoError(t, err)
	assert.Equal(t, []swapArea{{"the system's", readable}}, areas)
	usage[28] = 1
	areas, err = darwinSwap(usage)
	require.NoError(t, err)
	assert.Equal(t, []swapArea{{"the system's", concealed}}, areas)
	_, err = darwinSwap(usage[:20])
	require.Error(t, err)
}

// FuzzSwapAreas: whatever stands in these files, each area is one of the three, and
// nothing is concealed without a reason.
func FuzzSwapAreas(f *testing.F) {
	f.Add("/dev/dm-0 partition 1 0 -2\n", recordedMounts, "CRYPT-LUKS2-1")
	f.Add("/a\\040b file 1 0 -2\n", "1 2 8:1 / /a\\040b rw - ext4 /dev/x rw\n", "LVM-1")
	f.Add("/dev/mapper/x\\777 partition", "\\", "")
	f.Fuzz(func(t *testing.T, swaps, mounts, uuid string) {
		root := fstest.MapFS{
			"proc/swaps": {Data: []byte(swapsHead + swaps)}, "proc/self/mountinfo": {Data: []byte(mounts)},
			"sys/class/block/dm-0/dm/uuid": {Data: []byte(uuid)}, "sys/dev/block/8:1/partition": {Data: []byte("1")},
		}
		areas, err := swapAreas(root)
		if err != nil {
			return
		}
		for _, area := range areas {
			if area.secrecy == concealed {
				require.True(t, enciphered(uuid), "%q", area.name)
			}
		}
	})
}
