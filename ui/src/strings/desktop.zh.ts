/** Words of what the desktop brings, in Chinese. */
import type { desktop as en } from "./desktop.en";

export const desktop: typeof en = {
  asked: {
    title: (file) => `导入 ${file}`,
    hint: "由桌面用雨渡打开。选择一个团队，先看计划。",
    nothingYet: "在计划里按下按钮之前，什么都不会发生。",
    leave: "只保持打开",
    app: "应用",
    time: "备份时间",
    from: "来自",
    file: "文件",
    where: "导入到哪里？",
    noTeams: "还没有连接任何集群。请先添加要运行此应用的集群。",
  },
  leave: {
    title: (jobs) => `有 ${jobs} 个任务正在运行`,
    hint: "什么都不会丢失：每一步都先写入磁盘再执行。",
    more: (count) => `另有 ${count} 个`,
    hide: "在托盘中继续运行",
    quit: "停止并退出",
    bothWays: "留在托盘时任务继续运行。退出则任务停在当前位置，下次启动时继续。",
    onlyQuit: "退出后任务停在当前位置，下次启动时继续。集群正在做的事不受影响。",
  },
  tray: { show: "显示雨渡", quit: "退出" },
  notes: { done: "已完成", failed: (reason) => `失败：${reason}` },
  habits: {
    title: "桌面",
    notify: { label: "任务结束时通知我", hint: "窗口不在最前面时，发送桌面通知" },
    progress: { label: "在任务栏显示进度", hint: "显示在窗口的任务栏按钮上（桌面支持时）" },
    ask: { label: "有任务运行时，退出前询问", hint: "否则任务立即停止，下次启动时继续" },
    tray: { label: "托盘图标", hint: "桌面有托盘时显示" },
    close_to_tray: { label: "关闭窗口时留在托盘", hint: "通过托盘图标的菜单退出" },
  },
};
