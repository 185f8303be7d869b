#!/bin/sh
# Makes clip.webm: a cloth woven row by row, drawn by formulas alone. Needs ffmpeg with VP9.
# P: the progress from 0 to 1; R: this point's row of weft from below; the row being woven is lit and carries the shuttle.
set -eu
cd "$(dirname "$0")"
ROW='floor((H-16-Y)/14)'
NOW='(T/8*17.5)'
WARP='lt(mod(X-8\,12)\,7)'
OVER='eq(mod(floor((X-8)/12)+'"$ROW"'\,2)\,0)'
WOVEN='between('"$ROW"'\,0\,floor('"$NOW"')-1)'
AT='eq('"$ROW"'\,floor('"$NOW"'))'
SHUTTLE='lt(abs(X-if(mod(floor('"$NOW"')\,2)\,1-mod('"$NOW"'\,1)\,mod('"$NOW"'\,1))*W)\,34)*lt(abs(mod(H-16-Y\,14)-7)\,5)'
GAP='lt(mod(H-16-Y\,14)\,12)'
channel() { # ground, warp, weft, second weft, shuttle
  echo "if($AT*$SHUTTLE\\,$5\\,if($WOVEN*$GAP*(1-$WARP*$OVER)\\,if(eq(mod(floor($ROW/3)\\,2)\\,0)\\,$3\\,$4)\\,if($WARP\\,$2\\,$1)))"
}
ffmpeg -loglevel error -y -f lavfi -i "color=black:s=480x270:r=12:d=8" \
  -vf "format=gbrp,geq=r='$(channel 36 92 222 240 250)':g='$(channel 31 84 122 205 240)':b='$(channel 51 110 78 140 215)',format=yuv420p" \
  -c:v libvpx-vp9 -crf 42 -b:v 0 -deadline best -row-mt 0 -threads 1 -g 48 -an -map_metadata -1 -fflags +bitexact -flags:v +bitexact clip.webm
